//! The files of a new application.

use std::collections::BTreeMap;
use std::path::Path;

use askama::Template;

use super::super::{Failure, local_runtime};
use super::{Manifest, New, depend, package_name};
use crate::compile::Compiled;
use crate::deploy::{Binary, IGNORED, dockerfile};
use crate::example::{Handlers, handlers_file};
use crate::ir::{Middleware, SchemeKind, Secret, Service};
use crate::render::{self, Arrangement, Dependency, quoted, source};

/// What a new application is made of.
pub(super) struct Application<'n> {
    compiled: &'n Compiled,
    package: String,
    /// The document in the application's folder.
    spec: String,
    name: Option<&'n str>,
    skip_unsupported: bool,
    has_dockerfile: bool,
}

#[derive(Template)]
#[template(path = "app/build.rs.askama", escape = "none")]
struct BuildFile {
    spec: String,
    is_flow: bool,
    name: Option<String>,
    skip_unsupported: bool,
}

#[derive(Template)]
#[template(path = "app/lib.rs.askama", escape = "none")]
struct LibFile<'n> {
    title: String,
    specs: String,
    handlers: &'n str,
    services: Vec<ServiceView<'n>>,
}

/// A service of the application.
struct ServiceView<'n> {
    module: &'n str,
    /// The module of its handlers.
    handlers: String,
}

#[derive(Template)]
#[template(path = "app/thin_main.rs.askama", escape = "none")]
struct ThinMain<'n> {
    library: &'n str,
}

#[derive(Template)]
#[template(path = "app/handlers_mod.rs.askama", escape = "none")]
struct HandlersModule<'n> {
    modules: Vec<&'n str>,
}

#[derive(Template)]
#[template(path = "app/test.rs.askama", escape = "none")]
struct TestFile<'n> {
    library: &'n str,
    name: &'static str,
    path: String,
    status: &'static str,
    /// A host that the application is known under.
    host: String,
    /// Why it cannot run at once, such as for a secret that must be in the environment.
    obstacle: Option<String>,
}

/// The features that the runtime has without being asked.
const DEFAULT_FEATURES: [&str; 8] = ["admin", "chrono", "docs", "files", "idna", "log", "multipart", "websocket"];

impl<'n> Application<'n> {
    pub(super) fn new(new: &'n New, compiled: &'n Compiled) -> Result<Self, Failure> {
        let file = new.document.file_name().ok_or("the document's path has no file name")?.to_string_lossy();
        Ok(Self {
            compiled,
            package: package_name(&new.folder)?,
            spec: format!("specs/{file}"),
            name: new.reading.name.as_deref(),
            skip_unsupported: new.reading.skip_unsupported,
            has_dockerfile: new.dockerfile,
        })
    }

    /// All files but the documents, by their paths.
    pub(super) fn files(&self) -> Result<BTreeMap<String, String>, Failure> {
        let library = self.package.replace('-', "_");
        let mut files = BTreeMap::from([
            ("Cargo.toml".to_owned(), self.manifest().render()?),
            ("build.rs".to_owned(), self.build_file().render()?),
            ("src/lib.rs".to_owned(), source("src/lib.rs", &self.lib_file())?),
            ("src/main.rs".to_owned(), source("src/main.rs", &ThinMain { library: &library })?),
            ("tests/http.rs".to_owned(), source("tests/http.rs", &self.test_file(&library))?),
            (".gitignore".to_owned(), "/target\n".to_owned()),
        ]);
        let module = self.handlers();
        for (document, lowered) in &self.compiled.services {
            let service = &lowered.service;
            let api = format!("crate::{}", service.module);
            let text = handlers_file(document, service, &api, Handlers::Unwritten)?;
            let path = if self.is_flow() { format!("{module}/{}", service.module) } else { module.to_owned() };
            files.insert(format!("src/{path}.rs"), text);
        }
        if self.is_flow() {
            let modules = self.services().map(|service| service.module.as_str()).collect();
            let path = format!("src/{module}/mod.rs");
            files.insert(path.clone(), source(&path, &HandlersModule { modules })?);
        }
        if self.has_dockerfile {
            files.insert("Dockerfile".to_owned(), dockerfile(&Binary::new(Some(&self.package), &self.package)?)?);
            files.insert(".dockerignore".to_owned(), IGNORED.to_owned());
        }
        Ok(files)
    }

    /// Where the handlers are, below `src`.
    pub(super) fn handlers_path(&self) -> String {
        if self.is_flow() { self.handlers().to_owned() } else { format!("{}.rs", self.handlers()) }
    }

    fn is_flow(&self) -> bool {
        self.compiled.arrangement == Arrangement::Modules
    }

    fn services(&self) -> impl Iterator<Item = &'n Service> {
        self.compiled.services.iter().map(|(_, lowered)| &lowered.service)
    }

    /// The module of the handlers, which no service has the name of.
    fn handlers(&self) -> &'static str {
        let is_free = |name: &&str| !self.services().any(|service| service.module == *name);
        ["handlers", "implementation", "app"].into_iter().find(is_free).unwrap_or("own_handlers")
    }

    fn manifest(&self) -> Manifest {
        let runtime = local_runtime();
        let needed = self.services().flat_map(render::features);
        let mut features: Vec<&str> = needed.filter(|feature| !DEFAULT_FEATURES.contains(feature)).collect();
        features.sort_unstable();
        features.dedup();
        let features: Vec<String> = features.into_iter().map(quoted).collect();
        let features =
            if features.is_empty() { String::new() } else { format!(", features = [{}]", features.join(", ")) };
        Manifest {
            package: quoted(&self.package),
            runtime: depend(&runtime, &features),
            api: None,
            generator: Some(depend(&generator(&runtime), ", default-features = false")),
            shares_with_generator: false,
        }
    }

    fn build_file(&self) -> BuildFile {
        BuildFile {
            spec: quoted(&self.spec),
            is_flow: self.is_flow(),
            name: self.name.map(quoted),
            skip_unsupported: self.skip_unsupported,
        }
    }

    fn lib_file(&self) -> LibFile<'_> {
        let module = self.handlers();
        let services = self.services().map(|service| ServiceView {
            module: &service.module,
            handlers: if self.is_flow() { format!("{module}::{}", service.module) } else { module.to_owned() },
        });
        let title = format!("The application `{}`", self.package);
        LibFile { title, specs: format!("`{}`", self.spec), handlers: module, services: services.collect() }
    }

    /// A test that asks the first service for its document; or for nothing, where it shows none.
    fn test_file(&self, library: &'n str) -> TestFile<'n> {
        let middleware = || self.services().flat_map(|service| &service.options.middleware);
        let asks_for_certificates =
            self.services().any(|service| service.schemes.iter().any(|scheme| scheme.kind == SchemeKind::Certificate));
        let certificates = asks_for_certificates.then(|| "a listener with TLS".to_owned());
        let obstacle = middleware().find_map(obstacle).or(certificates);
        let obstacle = obstacle.map(|what| quoted(&format!("it needs {what}")));
        let host = quoted(&middleware().find_map(known_host).unwrap_or_else(|| "localhost".to_owned()));
        let first = self.services().next();
        let base_route = first.and_then(|service| service.options.base_route.as_deref()).unwrap_or_default();
        match first.and_then(|service| service.options.docs.openapi.as_deref()) {
            Some(path) => {
                let path = quoted(&format!("{}{path}.json", base_route.trim_end_matches('/')));
                TestFile { library, name: "the_document_is_shown", path, status: "OK", host, obstacle }
            }
            None => {
                let (path, status) = (quoted("/nowhere-at-all"), "NOT_FOUND");
                TestFile { library, name: "an_unknown_path_is_not_found", path, status, host, obstacle }
            }
        }
    }
}

/// What middleware needs that a test does not have.
fn obstacle(middleware: &Middleware) -> Option<String> {
    match middleware {
        Middleware::Session(session) => session.secret_keys.iter().find_map(|secret| match secret {
            Secret::Env(variable) => Some(format!("`{variable}` in the environment")),
            Secret::File(file) => Some(format!("the file `{file}`")),
            Secret::Literal(_) => None,
        }),
        Middleware::HttpsRedirect(_) => Some("a listener with TLS".to_owned()),
        _ => None,
    }
}

/// A host that middleware lets pass.
fn known_host(middleware: &Middleware) -> Option<String> {
    let Middleware::TrustedHost(hosts) = middleware else { return None };
    hosts.allowed_hosts.first().map(|host| host.replace('*', "www"))
}

/// The generator beside the runtime.
fn generator(runtime: &Dependency) -> Dependency {
    match runtime {
        Dependency::Version => Dependency::Version,
        Dependency::Path(path) => Dependency::Path(Path::new(path).with_file_name("generator").display().to_string()),
    }
}
