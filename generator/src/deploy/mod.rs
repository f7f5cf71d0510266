//! deploy: a flow's options become what an engine wants that runs it on many machines: manifests, and images to build.
//!
//! Each engine takes the options in its own words. What it cannot say, or would take for something else without a
//! word, is told at the option's place, and nothing is written.

mod image;
mod knative;
mod kubernetes;
mod limits;
mod plan;
mod ray;
mod text;

pub use image::{Binary, Image};
pub(crate) use image::{IGNORED, dockerfile};
pub use knative::Knative;
pub use kubernetes::{Kubernetes, Scaler};
pub use plan::{Secrets, Service, Setting, Variable};
pub use ray::Ray;
pub use text::{Label, Networks, ObjectName};

use askama::Template;

use crate::compile::Compiled;
use crate::diagnostic::Diagnostics;
use crate::render::Files;

/// The port that requests come to.
const HTTP_PORT: u16 = 8080;

/// The port of the admin listener: probes and metrics.
const ADMIN_PORT: u16 = 9000;

/// What runs a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Engine {
    /// Ray Serve.
    Ray(Ray),
    /// Knative Serving.
    Knative(Knative),
    /// Kubernetes, with nothing but what scales it.
    Kubernetes(Kubernetes),
}

/// Where in a cluster a flow is, and what its clients go through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The program that the image is built of.
    pub binary: Binary,
    /// The version of its package.
    pub version: String,
    /// The image that has the program.
    pub image: Image,
    /// The namespace of everything.
    pub namespace: Label,
    /// The `Gateway` that base routes are routes of.
    pub gateway: ObjectName,
    /// What requests come to replicas by.
    pub protocol: Protocol,
    /// The proxies that are believed.
    pub proxies: Networks,
}

/// What requests come to replicas by; there is no TLS within the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1, and WebSockets.
    Http1,
    /// HTTP/2 with prior knowledge (RFC 9113 §3.3).
    Http2,
}

impl Protocol {
    /// What Knative knows it by, where it is the name of a port.
    fn port_name(self) -> &'static str {
        match self {
            Self::Http1 => "http1",
            Self::Http2 => "h2c",
        }
    }

    /// What Kubernetes knows it by: the `appProtocol` of a port.
    fn app_protocol(self) -> &'static str {
        match self {
            Self::Http1 => "http",
            Self::Http2 => "kubernetes.io/h2c",
        }
    }
}

/// The text of a file, which ends as lines do.
fn text_of(template: impl Template) -> askama::Result<String> {
    Ok(template.render()? + "\n")
}

/// The files that have an engine run a flow, and what there is to tell about it; no files where that has errors.
///
/// # Errors
///
/// The generator has a mistake.
pub fn deploy(compiled: &Compiled, engine: &Engine) -> askama::Result<(Files, Diagnostics)> {
    let mut told = Diagnostics::default();
    let services = plan::services(compiled, &mut told);
    for service in &services {
        limits::of_any_engine(service, &mut told);
        match engine {
            Engine::Ray(ray) => ray.check(service, &mut told),
            Engine::Knative(knative) => knative.check(service, &mut told),
            Engine::Kubernetes(kubernetes) => kubernetes.check(service, &mut told),
        }
    }
    told.sort();
    if told.has_errors() {
        return Ok((Files::new(), told));
    }
    let files = match engine {
        Engine::Ray(ray) => ray.files(&services),
        Engine::Knative(knative) => knative.files(&services),
        Engine::Kubernetes(kubernetes) => kubernetes.files(&services),
    };
    Ok((files?, told))
}
