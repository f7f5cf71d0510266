//! A chart of Helm: the same manifests as those for kustomize, by templates that are the same for every flow. What differs
//! between flows, and what people set, are its values.

use askama::Template;

use super::Kubernetes;
use crate::deploy::image::Image;
use crate::deploy::plan::Service;
use crate::deploy::{Cluster, text_of};
use crate::render::Files;

/// A template of Helm's, by its name.
macro_rules! template {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../templates/deploy/kubernetes/chart/templates/", $name)))
    };
}

const TEMPLATES: [(&str, &str); 9] = [
    template!("NOTES.txt"),
    template!("_names.tpl"),
    template!("deployment.yaml"),
    template!("hpa.yaml"),
    template!("keda.yaml"),
    template!("monitor.yaml"),
    template!("policies.yaml"),
    template!("route.yaml"),
    template!("service.yaml"),
];

#[derive(Template)]
#[template(path = "deploy/kubernetes/chart/Chart.yaml.askama", escape = "quotes")]
struct Chart<'d> {
    name: String,
    version: &'d str,
}

#[derive(Template)]
#[template(path = "deploy/kubernetes/chart/values.yaml.askama", escape = "quotes")]
struct Values<'d> {
    services: &'d [Service],
    kubernetes: &'d Kubernetes,
    cluster: &'d Cluster,
    image: &'d Image,
}

#[derive(Template)]
#[template(path = "deploy/kubernetes/chart/values.schema.json.askama", escape = "quotes")]
struct Schema<'d> {
    services: &'d [Service],
}

/// The chart's files, below its folder.
pub(super) fn files(kubernetes: &Kubernetes, services: &[Service]) -> askama::Result<Files> {
    let cluster = &kubernetes.cluster;
    let name = cluster.binary.to_string().to_lowercase().replace('_', "-");
    let (name, version) = (name.trim_matches('-').to_owned(), cluster.version.as_str());
    let mut files = Files::from([
        ("chart/Chart.yaml".to_owned(), text_of(Chart { name, version })?),
        ("chart/values.yaml".to_owned(), text_of(Values { services, kubernetes, cluster, image: &cluster.image })?),
        ("chart/values.schema.json".to_owned(), text_of(Schema { services })?),
    ]);
    files.extend(TEMPLATES.map(|(name, text)| (format!("chart/templates/{name}"), text.to_owned())));
    Ok(files)
}
