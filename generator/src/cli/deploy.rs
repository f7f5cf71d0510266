//! `buildflow-gen deploy`.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::{Failure, Specs, check, generate, say};
use crate::deploy::{
    Binary, Cluster, Engine, Image, Knative, Kubernetes, Label, Networks, ObjectName, Protocol, Ray, Scaler, deploy,
};
use crate::diagnostic;

/// Write what an engine wants that runs a flow on many machines: manifests, and how the image is built.
///
/// The options are those of the documents and the flow file. What the engine cannot express is an error at its place.
#[derive(Debug, Args)]
pub(super) struct Deploy {
    #[command(flatten)]
    specs: Specs,
    /// What runs the flow
    #[arg(long, value_enum, value_name = "ENGINE")]
    target: Target,
    /// The folder; each engine has one of its own in it
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// The image that has the program, by its digest; Ray does without where nodes have the program
    #[arg(long, value_name = "NAME@sha256:DIGEST", required_unless_present = "program")]
    image: Option<Image>,
    /// What cargo calls the program; by default the first document's name
    #[arg(long, value_name = "NAME")]
    binary: Option<Binary>,
    /// Write nothing: fail, with a diff, when the folder is not what the documents say
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    wishes: Wishes,
}

/// What engines know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    /// Ray Serve
    Ray,
    /// Knative Serving
    Knative,
    /// Kubernetes, with a HorizontalPodAutoscaler or KEDA
    Kubernetes,
}

/// What not every engine asks for.
#[derive(Debug, Args)]
struct Wishes {
    /// The namespace of everything
    #[arg(long, value_name = "NAME", default_value = "default")]
    namespace: Label,
    /// The Gateway that leads to base routes
    #[arg(long, value_name = "NAMESPACE/NAME", default_value = "default/gateway")]
    gateway: ObjectName,
    /// The proxies that say who the client is, by `X-Forwarded-For`: what is in front of the engine, and on Kubernetes the
    /// Gateway's; on Ray and Knative, the engine's own are trusted already
    #[arg(long, value_name = "NETWORKS")]
    trusted_proxies: Option<Networks>,
    /// Send requests to replicas by HTTP/2 without TLS
    #[arg(long)]
    http2: bool,
    /// Knative: the service that takes its requests within the cluster
    #[arg(long, value_name = "NAMESPACE/NAME", default_value = "kourier-system/kourier-internal")]
    knative_ingress: ObjectName,
    /// Ray: where the program is, on every node or in the image; by default `/server`
    #[arg(long, value_name = "PATH")]
    program: Option<String>,
    /// Kubernetes: scale by KEDA's add-on for HTTP
    #[arg(long)]
    keda: bool,
    /// Kubernetes: have the operator of Prometheus collect metrics
    #[arg(long)]
    service_monitor: bool,
    /// Kubernetes: write a chart of Helm as well
    #[arg(long)]
    helm: bool,
}

impl Deploy {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let compiled = self.specs.compile();
        if compiled.diagnostics.has_errors() {
            return Ok(ExitCode::FAILURE);
        }
        let folder = self.out.join(self.target.folder());
        let (files, told) = deploy(&compiled, &self.engine()?)?;
        if !told.is_empty() {
            say(diagnostic::render(&told, &compiled.sources, std::io::stderr().is_terminal()).trim_end());
        }
        if told.has_errors() {
            return Ok(ExitCode::FAILURE);
        }
        match self.check {
            true => check::compare(&folder, &files, "deploy"),
            false => generate::write(&folder, &files),
        }
    }

    fn engine(&self) -> Result<Engine, Failure> {
        let Wishes { knative_ingress, program, keda, service_monitor, helm, trusted_proxies, .. } = &self.wishes;
        let proxies = trusted_proxies.clone().unwrap_or_default();
        if (*keda || *service_monitor || *helm) && self.target != Target::Kubernetes {
            return Err("`--keda`, `--service-monitor` and `--helm` are for `--target kubernetes`".into());
        }
        Ok(match self.target {
            Target::Ray => {
                let program = program.clone().unwrap_or_else(|| "/server".to_owned());
                Engine::Ray(Ray { program, image: self.image.clone(), proxies: proxies.and_loopback() })
            }
            Target::Knative => Engine::Knative(Knative {
                // Requests come to the server by a proxy in its pod.
                cluster: self.cluster(proxies.and_loopback())?,
                ingress: knative_ingress.clone(),
            }),
            Target::Kubernetes => {
                let scaler = if *keda { Scaler::Keda } else { Scaler::Hpa };
                let (monitors, has_chart) = (*service_monitor, *helm);
                Engine::Kubernetes(Kubernetes { cluster: self.cluster(proxies)?, scaler, monitors, has_chart })
            }
        })
    }

    fn cluster(&self, proxies: Networks) -> Result<Cluster, Failure> {
        let Wishes { namespace, gateway, http2, program, .. } = &self.wishes;
        if program.is_some() {
            return Err("`--program` is for `--target ray`: images have it at `/server`".into());
        }
        let binary = match &self.binary {
            Some(binary) => binary.clone(),
            None => self.specs.stem().parse().map_err(|why| format!("say `--binary`: {why}"))?,
        };
        Ok(Cluster {
            binary,
            image: self.image.clone().ok_or("`--image` is needed")?,
            namespace: namespace.clone(),
            gateway: gateway.clone(),
            protocol: if *http2 { Protocol::Http2 } else { Protocol::Http1 },
            proxies,
        })
    }
}

impl Target {
    /// The folder of its files.
    fn folder(self) -> &'static str {
        match self {
            Self::Ray => "ray",
            Self::Knative => "knative",
            Self::Kubernetes => "kubernetes",
        }
    }
}
