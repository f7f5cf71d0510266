//! Kubernetes: a Deployment a service, and what scales it by requests in flight.

use askama::Template;

use super::plan::Service;
use super::text::Image;
use super::{ADMIN_PORT, Cluster, HTTP_PORT, Protocol, image, limits, text_of};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::render::Files;

/// Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kubernetes {
    /// Where the flow is.
    pub cluster: Cluster,
    /// What makes replicas follow the load.
    pub scaler: Scaler,
    /// Whether the operator of Prometheus finds the metrics, by a ServiceMonitor.
    pub monitors: bool,
    /// Whether there is a chart of Helm as well, with the same manifests.
    pub has_chart: bool,
}

/// What makes replicas follow the load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scaler {
    /// A HorizontalPodAutoscaler, by the metric that replicas export.
    Hpa,
    /// KEDA's add-on for HTTP, whose interceptor counts requests on their way.
    Keda,
}

/// What differs between the same manifests.
struct Place {
    namespace: String,
    image: String,
}

impl Place {
    /// What Helm fills in, by its template language.
    fn of_chart() -> Self {
        Self { namespace: "{{ .Release.Namespace }}".to_owned(), image: "{{ .Values.image }}".to_owned() }
    }
}

#[derive(Template)]
#[template(path = "deploy/kubernetes/service.yaml.askama", escape = "quotes")]
struct ServiceFile<'d> {
    service: &'d Service,
    kubernetes: &'d Kubernetes,
    cluster: &'d Cluster,
    place: &'d Place,
    /// The port that the manifest itself says to the server.
    port: Option<u16>,
}

#[derive(Template)]
#[template(path = "deploy/kubernetes/interceptor.yaml.askama", escape = "quotes")]
struct Interceptor<'d> {
    place: &'d Place,
}

#[derive(Template)]
#[template(path = "deploy/kubernetes/base.yaml.askama", escape = "quotes")]
struct Base<'d> {
    services: &'d [Service],
    has_interceptor: bool,
}

#[derive(Template)]
#[template(path = "deploy/kubernetes/overlay.yaml.askama", escape = "quotes")]
struct Overlay<'d> {
    image: &'d Image,
}

#[derive(Template)]
#[template(path = "deploy/kubernetes/chart.yaml.askama", escape = "quotes")]
struct Chart {
    name: String,
}

#[derive(Template)]
#[template(path = "deploy/kubernetes/values.yaml.askama", escape = "quotes")]
struct Values<'d> {
    image: &'d Image,
}

impl Kubernetes {
    /// Tells what Kubernetes, or what scales there, refuses or takes for something else.
    pub(super) fn check(&self, service: &Service, told: &mut Diagnostics) {
        limits::of_clusters(service, told);
        let Service { target, num_replicas, min_replicas, .. } = service;
        match self.scaler {
            Scaler::Keda if !limits::is_whole(target.value) => {
                told.push(target.refused("is no whole number: the targetValue of KEDA is one"));
            }
            Scaler::Hpa if !limits::is_whole(target.value * 1000.0) => {
                told.push(target.refused("is no number of thousandths: the averageValue of an HPA is one"));
            }
            _ => {}
        }
        limits::of_time(&service.upscale_delay, 0.0, told);
        limits::of_time(&service.downscale_delay, 0.0, told);
        told.extend(service.look_back_period.ignored("what adapts metrics has a time of its own"));
        if num_replicas.value != min_replicas.value {
            told.extend(num_replicas.ignored("an autoscaler starts with `min_replicas`"));
        }
        if self.cluster.protocol == Protocol::Http2 {
            limits::of_http2(service, told);
        }
        for path in service.secrets.files.iter().filter(|path| self.has_chart && path.contains("{{")) {
            let message = format!("the secret `{path}` has `{{{{` in its path: Helm would take it for its own");
            told.push(Diagnostic::error("undeployable-option", service.secrets.place, message));
        }
    }

    /// Whether requests for a service go by KEDA's interceptor; where nothing scales, nobody need count them.
    fn is_keda_for(&self, service: &Service) -> bool {
        self.scaler == Scaler::Keda && service.scales()
    }

    /// The files for services that have passed the check.
    pub(super) fn files(&self, services: &[Service]) -> askama::Result<Files> {
        let Cluster { image, namespace, binary, .. } = &self.cluster;
        let mut files = image::files(binary)?;
        let has_interceptor = services.iter().any(|service| self.is_keda_for(service));
        let place = Place { namespace: namespace.to_string(), image: image.to_string() };
        files.extend(self.manifests("base", services, &place)?);
        files.insert("base/kustomization.yaml".to_owned(), text_of(Base { services, has_interceptor })?);
        files.insert("overlays/release/kustomization.yaml".to_owned(), text_of(Overlay { image })?);
        if self.has_chart {
            let name = binary.to_string().to_lowercase().replace('_', "-");
            files.insert("chart/Chart.yaml".to_owned(), text_of(Chart { name })?);
            files.insert("chart/values.yaml".to_owned(), text_of(Values { image })?);
            files.extend(self.manifests("chart/templates", services, &Place::of_chart())?);
        }
        Ok(files)
    }

    /// The manifests, in a folder.
    fn manifests(&self, folder: &str, services: &[Service], place: &Place) -> askama::Result<Files> {
        let mut files = Files::new();
        for service in services {
            let file = ServiceFile { service, kubernetes: self, cluster: &self.cluster, place, port: Some(HTTP_PORT) };
            files.insert(format!("{folder}/services/{}.yaml", service.id.value), text_of(file)?);
        }
        if services.iter().any(|service| self.is_keda_for(service)) {
            files.insert(format!("{folder}/interceptor.yaml"), text_of(Interceptor { place })?);
        }
        Ok(files)
    }
}
