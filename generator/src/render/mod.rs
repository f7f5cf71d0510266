//! render: the [IR](crate::ir) becomes text, through the templates under `templates/`.
//!
//! A template sees identifiers, literals, doc text and type expressions that are already safe to
//! print, and nothing else. What it makes is parsed with `syn`, so that a mistake of ours is told
//! as one, and printed with `prettyplease`.

mod answers;
mod bodies;
mod checks;
mod docs;
mod endpoints;
mod layout;
mod literals;
mod middleware;
mod operations;
mod routes;
mod service;
mod statics;
mod table;
mod tags;
mod text;
mod types;
mod unions;

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use indexmap::IndexSet;

use crate::ir::{Check, ConstrainedType, Content, Endpoint, Origin, Package, Payload, Scalar, Service, Type};
use crate::threads;
use docs::DocText;
use text::{Code, Literal};

/// Where generated text goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// A crate of its own: `Cargo.toml` and `src/`.
    Crate {
        /// The package's name, such as `pets-api`.
        package: String,
        /// The dependency on the runtime, as TOML: `{ version = "0.1" }`.
        runtime: Dependency,
    },
    /// One file to include from a build script's `OUT_DIR`, and its schemas and document beside it.
    Include,
}

/// Where the code of services stands in a crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrangement {
    /// At its root: the crate is one service.
    Root,
    /// In a module each, which has the service's name.
    Modules,
}

/// How a generated crate finds `buildflow-runtime`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dependency {
    /// From the registry, at the generator's own version.
    Version,
    /// From a folder.
    Path(String),
}

/// Generated text, by path.
pub type Files = BTreeMap<String, String>;

/// A mistake of the generator: what it made is not Rust.
#[derive(Debug)]
pub struct RenderError {
    file: String,
    reason: String,
}

impl std::fmt::Display for RenderError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "this is a mistake of buildflow-gen, not of your document: `{}` came out wrong: {}",
            self.file, self.reason
        )
    }
}

impl std::error::Error for RenderError {}

/// A module of the generated code.
struct Module {
    name: &'static str,
    is_public: bool,
    text: String,
}

#[derive(Template)]
#[template(path = "crate/lib.rs.askama", escape = "none")]
struct LibFile<'i> {
    docs: DocText,
    /// Whether it is the crate's root, and no module of a crate of several services.
    is_crate: bool,
    modules: &'i [Module],
    handler: &'i crate::ir::TypeName,
    has_operations: bool,
    has_tags: bool,
}

#[derive(Template)]
#[template(path = "crate/flow.rs.askama", escape = "none")]
struct FlowFile<'i> {
    modules: Vec<&'i str>,
}

#[derive(Template)]
#[template(path = "include.rs.askama", escape = "none")]
struct IncludeFile<'i> {
    modules: &'i [Module],
    handler: &'i crate::ir::TypeName,
    has_operations: bool,
    has_tags: bool,
    /// The features of the runtime that it does not compile without.
    features: Vec<String>,
}

#[derive(Template)]
#[template(path = "crate/Cargo.toml.askama", escape = "none")]
struct ManifestFile {
    package: Literal,
    runtime: Code,
    others: Vec<(Code, Code)>,
}

#[derive(Template)]
#[template(path = "validation.rs.askama", escape = "none")]
struct ValidationFile {
    schemas_file: Literal,
    answers_file: Literal,
    patterns: Vec<Literal>,
}

/// Everything that is generated for services, whose names differ.
pub fn render(services: &[&Service], arrangement: Arrangement, layout: &Layout) -> Result<Files, RenderError> {
    let mut files = Files::new();
    match layout {
        Layout::Include => {
            for service in services {
                files.extend(include_files(service)?);
            }
        }
        Layout::Crate { package, runtime } => {
            let manifest = ManifestFile {
                package: Literal::new(package),
                runtime: dependency(runtime, services),
                others: others(services),
            };
            files.insert("Cargo.toml".to_owned(), text_of("Cargo.toml", &manifest)?);
            match arrangement {
                Arrangement::Root => {
                    for service in services {
                        files.extend(source_files(service, "src/lib.rs", "src")?);
                    }
                }
                Arrangement::Modules => files.extend(module_files(services)?),
            }
        }
    }
    Ok(files)
}

/// A crate's source with a module a service.
fn module_files(services: &[&Service]) -> Result<Files, RenderError> {
    let lib = FlowFile { modules: services.iter().map(|service| service.module.as_str()).collect() };
    let mut files = Files::from([("src/lib.rs".to_owned(), pretty("src/lib.rs", &text_of("src/lib.rs", &lib)?)?)]);
    for service in services {
        let folder = format!("src/{}", service.module);
        files.extend(source_files(service, &format!("{folder}/mod.rs"), &folder)?);
    }
    Ok(files)
}

/// The source of a service: the file of its root, and those of its modules in `folder`.
fn source_files(service: &Service, root: &str, folder: &str) -> Result<Files, RenderError> {
    let modules = modules(service, ["schemas.json", "answers.json", "openapi.json"])?;
    let (docs, is_crate) = (service::title(service), root == "src/lib.rs");
    let (has_operations, has_tags) = (!service.endpoints.is_empty(), service.tags.is_some());
    let text = LibFile { docs, is_crate, modules: &modules, handler: &service.handler, has_operations, has_tags };
    let mut files = Files::from([(root.to_owned(), pretty(root, &text_of(root, &text)?)?)]);
    let printed = threads::for_each(&modules, |module| {
        let file = format!("{folder}/{}.rs", module.name);
        let text = pretty(&file, &module.text)?;
        Ok((file, text))
    });
    for printed in printed {
        let (file, text) = printed?;
        files.insert(file, text);
    }
    let document = service.document.as_deref().map(|document| ("openapi", document));
    for (name, text) in [("schemas", &*service.schemas), ("answers", &*service.answers)].into_iter().chain(document) {
        files.insert(format!("{folder}/{name}.json"), layout::json::lines(text));
    }
    Ok(files)
}

/// The features that have items which generated code names.
const NAMED_FEATURES: [&str; 8] =
    ["chrono", "compression", "decompression", "multipart", "rate-limit", "session", "tls", "websocket"];

fn include_files(service: &Service) -> Result<Files, RenderError> {
    let name = &service.module;
    let [schemas, answers, document] = ["schemas", "answers", "openapi"].map(|kind| format!("{name}.{kind}.json"));
    let modules = modules(service, [&schemas, &answers, &document])?;
    let file = format!("{name}.rs");
    let (has_operations, has_tags) = (!service.endpoints.is_empty(), service.tags.is_some());
    let needed = features(service).into_iter().filter(|feature| NAMED_FEATURES.contains(feature));
    let features = needed.map(|feature| feature.replace('-', "_")).collect();
    let text = IncludeFile { modules: &modules, handler: &service.handler, has_operations, has_tags, features };
    let text = pretty(&file, &text_of(&file, &text)?)?;
    let mut files = Files::from([(file, text), (schemas, service.schemas.clone()), (answers, service.answers.clone())]);
    files.extend(service.document.clone().map(|text| (document, text)));
    Ok(files)
}

fn modules(
    service: &Service,
    [schemas_file, answers_file, document_file]: [&str; 3],
) -> Result<Vec<Module>, RenderError> {
    let patterns = service.patterns.iter().map(|pattern| Literal::new(pattern)).collect();
    let (schemas_file, answers_file) = (Literal::new(schemas_file), Literal::new(answers_file));
    let validation = ValidationFile { schemas_file, answers_file, patterns };
    let types = types::TypesFile::new(&service.types).map_err(|error| mistake("types", &error))?;
    let routes = routes::RoutesFile::new(service).map_err(|error| mistake("routes", &error))?;
    let module = |name, is_public, text| Module { name, is_public, text };
    let mut modules = Vec::new();
    if !service.endpoints.is_empty() {
        modules.push(module("endpoints", false, text_of("endpoints", &endpoints::EndpointsFile::new(service))?));
        modules.push(module("operations", false, text_of("operations", &operations::OperationsFile::new(service))?));
    }
    if let Some(layers) = middleware::MiddlewareFile::new(service) {
        modules.push(module("middleware", false, text_of("middleware", &layers)?));
    }
    modules.push(module("routes", false, text_of("routes", &routes)?));
    modules.push(module("service", false, text_of("service", &service::ServiceFile::new(service, document_file))?));
    if let Some(traits) = &service.tags {
        modules.push(module("tags", false, text_of("tags", &tags::TagsFile::new(service, traits))?));
    }
    modules.push(module("types", true, text_of("types", &types)?));
    modules.push(module("validation", false, text_of("validation", &validation)?));
    Ok(modules)
}

/// The sources of a service's trait, and of the types that its methods have: as they are before they are laid out.
#[cfg(feature = "cli")]
pub(crate) fn declarations(service: &Service) -> Result<[String; 3], RenderError> {
    let types = types::TypesFile::new(&service.types).map_err(|error| mistake("types", &error))?;
    Ok([
        text_of("service", &service::ServiceFile::new(service, ""))?,
        text_of("operations", &operations::OperationsFile::new(service))?,
        text_of("types", &types)?,
    ])
}

fn text_of(file: &str, template: &impl Template) -> Result<String, RenderError> {
    template.render().map_err(|error| mistake(file, &error))
}

fn mistake(file: &str, error: &dyn std::fmt::Display) -> RenderError {
    RenderError { file: file.to_owned(), reason: error.to_string() }
}

/// Rust source that is the user's own from then on.
#[cfg(feature = "cli")]
pub(crate) fn source(file: &str, template: &impl Template) -> Result<String, RenderError> {
    layout::own(&text_of(file, template)?).map_err(|error| mistake(file, &error))
}

fn pretty(file: &str, text: &str) -> Result<String, RenderError> {
    layout::generated(text).map_err(|error| mistake(file, &error))
}

/// The runtime, with the features that the services need and no others.
fn dependency(runtime: &Dependency, services: &[&Service]) -> Code {
    let place = match runtime {
        Dependency::Version => format!("version = {}", Literal::new(env!("CARGO_PKG_VERSION"))),
        Dependency::Path(path) => format!("path = {}", Literal::new(path)),
    };
    let features = services.iter().copied().flat_map(features).collect::<IndexSet<_>>();
    let features: Vec<String> = features.into_iter().map(|feature| Literal::new(feature).to_string()).collect();
    Code::new(format!("{{ {place}, default-features = false, features = [{}] }}", features.join(", ")))
}

/// The crates of the types that documents name, each once.
fn others(services: &[&Service]) -> Vec<(Code, Code)> {
    let mut packages: BTreeMap<&str, (&str, BTreeSet<&str>)> = BTreeMap::new();
    for (ty, _) in services.iter().flat_map(|service| &service.external) {
        if let Origin::Package(Package { name, version: Some(version), features }) = ty.origin() {
            let (_, all) = packages.entry(name).or_insert((version, BTreeSet::new()));
            all.extend(features.iter().map(String::as_str));
        }
    }
    let dependency = |(name, (version, features)): (&str, (&str, BTreeSet<&str>))| {
        let features: Vec<String> = features.into_iter().map(|feature| Literal::new(feature).to_string()).collect();
        let features = match features.as_slice() {
            [] => String::new(),
            some => format!(", features = [{}]", some.join(", ")),
        };
        (Code::new(name), Code::new(format!("{{ version = {}{features} }}", Literal::new(version))))
    };
    packages.into_iter().map(dependency).collect()
}

/// Text as a string literal, of Rust and of TOML.
#[cfg(feature = "cli")]
pub(crate) fn quoted(text: &str) -> String {
    Literal::new(text).to_string()
}

/// A type as it is spelled in generated code.
pub fn spelled(ty: &Type, types: &[crate::ir::TypeDef]) -> String {
    types::expression(ty, types).to_string()
}

/// The features of the runtime that a service's types need.
pub fn features(service: &Service) -> Vec<&'static str> {
    let mut slots: Vec<&ConstrainedType> = service.types.iter().flat_map(|def| def.body.slots()).collect();
    for endpoint in &service.endpoints {
        slots.extend(endpoint.parameters.iter().map(|parameter| &parameter.slot));
        let sent =
            endpoint.body().into_iter().flat_map(|body| &body.alternatives).map(|alternative| &alternative.content);
        let answered = endpoint.answers.iter().filter_map(|answer| Some(&answer.body.as_ref()?.content));
        slots.extend(sent.chain(answered).flat_map(Content::slots));
        let headers = endpoint.answers.iter().filter_map(|answer| answer.headers.as_ref());
        slots.extend(headers.flat_map(|headers| &headers.fields).map(|field| &field.slot));
    }
    let mut needs = Needs::default();
    slots.into_iter().for_each(|slot| needs.add(slot));
    let bodies = service.endpoints.iter().filter_map(Endpoint::body);
    let mut contents = bodies.flat_map(|body| &body.alternatives).map(|alternative| &alternative.content);
    let has_multipart = contents.any(|content| matches!(content, Content::Multipart(..) | Content::Upload(_)));
    // What has no check of its own is left to the validator of the schemas.
    let has_idna = needs.idna || service.has_idn_formats;
    let has_docs = service.document.is_some();
    let has_sockets = service.endpoints.iter().any(|endpoint| matches!(endpoint.payload, Payload::Handshake));
    let features = [
        (needs.chrono, "chrono"),
        (has_idna, "idna"),
        (has_multipart, "multipart"),
        (has_docs, "docs"),
        (has_docs && service.options.docs.redoc.is_some(), "redoc"),
        (has_sockets, "websocket"),
        (service.has_client_certificates(), "tls"),
    ];
    let needed = features.into_iter().filter(|(is_needed, _)| *is_needed).map(|(_, feature)| feature);
    needed.chain(middleware::features(service)).collect()
}

/// What the types and checks of a service's values need.
#[derive(Debug, Default)]
struct Needs {
    chrono: bool,
    idna: bool,
}

impl Needs {
    fn add(&mut self, slot: &ConstrainedType) {
        self.idna |=
            slot.checks.iter().any(|check| matches!(check, Check::Format(format) if format.starts_with("idn-")));
        self.add_type(&slot.ty);
    }

    fn add_type(&mut self, ty: &Type) {
        match ty {
            Type::Scalar(scalar) => self.chrono |= matches!(scalar, Scalar::Date | Scalar::DateTime),
            Type::List(slot) | Type::Map(slot) => self.add(slot),
            Type::Tuple(slots) => slots.iter().for_each(|slot| self.add(slot)),
            Type::Nullable(inner) | Type::Boxed(inner) => self.add_type(inner),
            Type::Json | Type::JsonObject | Type::Named(_) | Type::External(_) => {}
        }
    }
}
