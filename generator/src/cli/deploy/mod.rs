//! `buildflow-gen deploy`.

mod container;
mod program;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use self::container::Builder;
use self::program::Program;
use super::{Failure, Specs, check, generate, say, shell_quoted};
use crate::deploy::{
    Cluster, Engine, Image, Knative, Kubernetes, Label, Networks, ObjectName, Protocol, Ray, Scaler, deploy,
};
use crate::diagnostic;
use crate::render::Files;
use crate::write::write_files;

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
    /// The image that has the program: NAME:TAG, or NAME@sha256:DIGEST; Ray does without where nodes have the program
    #[arg(long, value_name = "IMAGE", required_unless_present = "program")]
    image: Option<Image>,
    /// Build the image first, with docker or podman
    #[arg(long, conflicts_with = "check")]
    build: bool,
    /// Build and push the image first, and name it by the digest that it then has
    #[arg(long, conflicts_with = "check")]
    push: bool,
    /// Fail where the image has no digest: by a tag, it may come to be another one
    #[arg(long)]
    require_digest: bool,
    /// What cargo calls the program; by default that of the package around the document
    #[arg(long, value_name = "NAME")]
    binary: Option<String>,
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
    pub(super) fn run(mut self) -> Result<ExitCode, Failure> {
        let compiled = self.specs.compile();
        if compiled.diagnostics.has_errors() {
            return Ok(ExitCode::FAILURE);
        }
        let folder = self.out.join(self.target.folder());
        let program = self.program()?;
        let (files, told) = deploy(&compiled, &self.engine(program.as_ref())?)?;
        if !told.is_empty() {
            say(diagnostic::render(&told, &compiled.sources, std::io::stderr().is_terminal()).trim_end());
        }
        if told.has_errors() {
            return Ok(ExitCode::FAILURE);
        }
        self.tell_outside(program.as_ref());
        if !self.push && !self.is_pinned(&folder, program.as_ref()) && self.require_digest {
            return Ok(ExitCode::FAILURE);
        }
        if self.check {
            return check::compare(&folder, &files, "deploy");
        }
        let files = match (&program, &self.image) {
            (Some(program), Some(image)) if self.push || self.build => {
                self.image = Some(self.built(image, program, (&folder, &files))?);
                deploy(&compiled, &self.engine(Some(program))?)?.0
            }
            _ => files,
        };
        let code = generate::write(&folder, &files)?;
        say(&format!("next: {}", self.target.applied(&folder, self.wishes.helm)));
        Ok(code)
    }

    /// The program that the image is built of; Ray's image has Ray as well, and is not ours to build.
    fn program(&self) -> Result<Option<Program>, Failure> {
        match self.target {
            Target::Ray if self.build || self.push => {
                Err("an image for Ray has Ray as well: build it yourself, and pass `--image`".into())
            }
            Target::Ray => Ok(None),
            Target::Knative | Target::Kubernetes => {
                let document = self.specs.paths.first().ok_or("a document is needed")?;
                Program::find(document, self.binary.as_deref()).map(Some)
            }
        }
    }

    /// Whether the image is known by its digest; says what to do where it is not.
    fn is_pinned(&self, folder: &Path, program: Option<&Program>) -> bool {
        let Some(image) = self.image.as_ref().filter(|image| image.digest().is_none()) else { return true };
        let level = if self.require_digest { "error" } else { "warning" };
        say(&format!("{level}: `{image}` has no digest: by its tag, it may come to be another image"));
        let Some(program) = program else {
            say("  = help: pass `--image NAME@sha256:DIGEST`");
            return false;
        };
        let image = image.to_string();
        let [dockerfile, root] = [&folder.join("Dockerfile"), &program.root].map(|path| quoted(path));
        let build = Builder::to_build(&dockerfile, &image, &root).join(" ");
        say("  = help: `--push` builds and pushes it, and takes its digest; to do that by hand:");
        say(&format!("          docker {build}\n          docker push {image}"));
        false
    }

    /// Says which packages an image of the workspace alone lacks.
    fn tell_outside(&self, program: Option<&Program>) {
        for (program, outside) in
            program.iter().flat_map(|program| program.outside.iter().map(move |path| (program, path)))
        {
            let (outside, root) = (outside.display(), program.root.display());
            say(&format!(
                "warning: `{}` depends on {outside}, which an image that is built of {root} lacks\n  = help: copy it into the workspace, or depend on a published version",
                program.binary
            ));
        }
    }

    /// Builds the image, and pushes it where that is asked for; what it is then.
    fn built(&self, image: &Image, program: &Program, (folder, files): (&Path, &Files)) -> Result<Image, Failure> {
        if image.digest().is_some() {
            return Err(format!("an image that is built gets its digest then: pass `{}` by a tag", image.name()).into());
        }
        if !program.outside.is_empty() {
            return Err("the image cannot be built without them".into());
        }
        let builder = Builder::find()?;
        // The manifests stay as they are until they can name the image.
        let of_image = files.iter().filter(|(path, _)| path.starts_with("Dockerfile"));
        write_files(folder, &of_image.map(|(path, text)| (path.clone(), text.clone())).collect())?;
        builder.build(&folder.join("Dockerfile"), image, &program.root)?;
        if self.push { builder.push(image) } else { Ok(image.clone()) }
    }

    fn engine(&self, built: Option<&Program>) -> Result<Engine, Failure> {
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
                cluster: self.cluster(built, proxies.and_loopback())?,
                ingress: knative_ingress.clone(),
            }),
            Target::Kubernetes => {
                let scaler = if *keda { Scaler::Keda } else { Scaler::Hpa };
                let (monitors, has_chart) = (*service_monitor, *helm);
                Engine::Kubernetes(Kubernetes { cluster: self.cluster(built, proxies)?, scaler, monitors, has_chart })
            }
        })
    }

    fn cluster(&self, built: Option<&Program>, proxies: Networks) -> Result<Cluster, Failure> {
        let Wishes { namespace, gateway, http2, program, .. } = &self.wishes;
        if program.is_some() {
            return Err("`--program` is for `--target ray`: images have it at `/server`".into());
        }
        let built = built.ok_or("a cluster runs an image of a program")?;
        Ok(Cluster {
            binary: built.binary.clone(),
            version: built.version.clone(),
            image: self.image.clone().ok_or("`--image` is needed")?,
            namespace: namespace.clone(),
            gateway: gateway.clone(),
            protocol: if *http2 { Protocol::Http2 } else { Protocol::Http1 },
            proxies,
        })
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    shell_quoted(&path.display().to_string())
}

impl Target {
    /// The command that has an engine take the files.
    fn applied(self, folder: &Path, has_chart: bool) -> String {
        match self {
            Self::Ray => format!("serve deploy {}", quoted(&folder.join("serve_config.yaml"))),
            Self::Knative => format!("kubectl apply -k {}", quoted(folder)),
            Self::Kubernetes => {
                let overlay = format!("kubectl apply -k {}", quoted(&folder.join("overlays/release")));
                let chart = || format!(", or helm install RELEASE {}", quoted(&folder.join("chart")));
                if has_chart { overlay + &chart() } else { overlay }
            }
        }
    }

    /// The folder of its files.
    fn folder(self) -> &'static str {
        match self {
            Self::Ray => "ray",
            Self::Knative => "knative",
            Self::Kubernetes => "kubernetes",
        }
    }
}
