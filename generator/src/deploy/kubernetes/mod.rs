//! Kubernetes: a Deployment for each service, and what scales it by requests in flight.

mod chart;

use askama::Template;

use super::image::{self, Image};
use super::plan::Service;
use super::{ADMIN_PORT, Cluster, HTTP_PORT, Protocol, limits, text_of};
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

#[derive(Template)]
#[template(path = "deploy/kubernetes/service.yaml.askama", escape = "quotes")]
struct ServiceFile<'d> {
    service: &'d Service,
    kubernetes: &'d Kubernetes,
    cluster: &'d Cluster,
    /// The port that the manifest itself says to the server.
    port: Option<u16>,
}

#[derive(Template)]
#[template(path = "deploy/kubernetes/interceptor.yaml.askama", escape = "quotes")]
struct Interceptor<'d> {
    cluster: &'d Cluster,
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

impl Scaler {
    /// What the chart's values call it.
    fn name(self) -> &'static str {
        match self {
            Self::Hpa => "hpa",
            Self::Keda => "keda",
        }
    }
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
        if service.secrets.variables.contains("PORT") {
            let message = "the secret `PORT` is a variable that the manifest sets itself";
            told.push(Diagnostic::error("undeployable-option", service.secrets.place, message));
        }
    }

    /// Whether requests for a service go by KEDA's interceptor; where nothing scales, nobody need count them.
    fn is_keda_for(&self, service: &Service) -> bool {
        self.scaler == Scaler::Keda && service.scales()
    }

    /// The files for services that have passed the check.
    pub(super) fn files(&self, services: &[Service]) -> askama::Result<Files> {
        let cluster = &self.cluster;
        let mut files = image::files(&cluster.binary)?;
        let has_interceptor = services.iter().any(|service| self.is_keda_for(service));
        for service in services {
            let file = ServiceFile { service, kubernetes: self, cluster, port: Some(HTTP_PORT) };
            files.insert(format!("base/services/{}.yaml", service.id.value), text_of(file)?);
        }
        if has_interceptor {
            files.insert("base/interceptor.yaml".to_owned(), text_of(Interceptor { cluster })?);
        }
        files.insert("base/kustomization.yaml".to_owned(), text_of(Base { services, has_interceptor })?);
        let overlay = text_of(Overlay { image: &cluster.image })?;
        files.insert("overlays/release/kustomization.yaml".to_owned(), overlay);
        if self.has_chart {
            files.extend(chart::files(self, services)?);
        }
        Ok(files)
    }
}
