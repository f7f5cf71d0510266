//! The IR: what a Rust programmer would say aloud about the service.
//!
//! Names are final here, types are Rust's, and what is not generated has been told. Rendering adds
//! nothing but text.

mod literal;
mod messages;
mod middleware;
mod name;
mod options;
mod route;
mod rust_type;
mod scalar;
mod structs;
mod tags;
mod types;

pub use literal::{Literal, ObjectLiteral};
pub use messages::{
    Alternative, Answer, AnswerBody, AnswerHeaders, Body, ByteLength, Content, EventData, FieldStyle, FormField,
    Framing, HeaderField, PartHeader, PartRules, Status, Upload, UploadContent, UploadField, Validation,
};
pub use middleware::{
    Allowed, Compression, Cors, Deprecation, Encoding, HttpsRedirect, Level, Lifetime, Middleware, RateLimit,
    RequestId, SameSite, Secret, Session, TrustedHost,
};
pub use name::{FieldName, TypeName, VariantName};
pub use options::{DocsOptions, Memory, OptionValue, ReplicaOption, ReplicaOptions, ServiceOptions, Traits};
pub use route::{Condition, Fragment, Piece, Route, Segment};
pub use rust_type::{Origin, Package, RustType};
pub use scalar::{Integer, Scalar};
pub use structs::{Accepted, ConstantMember, Conversion, Field, FieldPresence, FieldSource, Struct, Unknown};
pub use tags::{Part, TagTrait, TagTraits};
pub use types::{
    Arm, Bound, Check, Choice, Constant, ConstrainedType, Enum, EnumValues, EnumVariant, Kind, Newtype, Presence, Type,
    TypeBody, TypeDef, TypeId, Union, UnionVariant,
};

use crate::source::Span;

/// One document as a service.
#[derive(Debug)]
pub struct Service {
    /// The crate's and module's name, such as `pets`.
    pub module: String,
    /// The trait that a handler implements, such as `Pets`.
    pub handler: TypeName,
    /// The document's title.
    pub title: String,
    /// The document's version.
    pub version: String,
    /// The document's description.
    pub description: Option<String>,
    /// The service block.
    pub options: ServiceOptions,
    /// The operations, in the order of the document.
    pub endpoints: Vec<Endpoint>,
    /// Operations that are not generated, and answer 501.
    pub missing: Vec<MissingEndpoint>,
    /// How requests are authorised.
    pub schemes: Vec<SecurityScheme>,
    /// The trait's method that makes one of two principals, where schemes are asked for together.
    pub combine: Option<FieldName>,
    /// The traits that stand for parts of the trait, where each tag has its own.
    pub tags: Option<TagTraits>,
    /// The types, in the order in which they were first met.
    pub types: Vec<TypeDef>,
    /// The types that the document names, each with a place where it is used.
    pub external: Vec<(RustType, Span)>,
    /// Patterns that values are matched with; [`Check::Pattern`] points into it.
    pub patterns: Vec<String>,
    /// The schemas of requests, as JSON Schema 2020-12, each at its pointer.
    pub schemas: String,
    /// Whether the schemas have a format of internationalized names, which needs a feature of the runtime.
    pub has_idn_formats: bool,
    /// The schemas of answers, in the same way, and which of them each endpoint's answers have.
    pub answers: String,
    /// The document as clients get to see it, as JSON; `None` where it is not served.
    pub document: Option<String>,
}

impl Service {
    /// Whether some endpoint asks for the certificate of the client.
    pub fn has_client_certificates(&self) -> bool {
        self.schemes.iter().any(|scheme| scheme.kind == SchemeKind::Certificate)
    }
}

/// One operation.
#[derive(Debug)]
pub struct Endpoint {
    /// The trait's method.
    pub method_name: FieldName,
    /// The request struct.
    pub request: TypeName,
    /// The response enum.
    pub response: TypeName,
    /// Method and path.
    pub route: Route,
    /// Its `operationId`, where it has one.
    pub operation_id: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its summary and description.
    pub docs: Docs,
    /// Path, query, header and cookie parameters.
    pub parameters: Vec<Parameter>,
    /// What its requests have beside parameters.
    pub payload: Payload,
    /// What it may answer; empty where the handler makes the whole of its responses (`x-buildflow-response: raw`).
    pub answers: Vec<Answer>,
    /// Who may call it: any one of these; empty for everybody.
    pub security: Vec<Requirement>,
    /// What stands around it alone, outermost first.
    pub middleware: Vec<Middleware>,
}

/// What a handler gets to know of who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Nothing: nobody is asked.
    Everybody,
    /// The principal, if the client says who it is.
    Identified,
    /// The principal: no one else gets in.
    Authorized,
}

impl Endpoint {
    /// Who may call it.
    pub fn admission(&self) -> Admission {
        let asks = |requirement: &Requirement| !requirement.schemes.is_empty();
        match self.security.as_slice() {
            [] => Admission::Everybody,
            all if all.iter().all(asks) => Admission::Authorized,
            some if some.iter().any(asks) => Admission::Identified,
            _ => Admission::Everybody,
        }
    }
}

/// What a request has beside its parameters.
#[derive(Debug)]
pub enum Payload {
    /// Nothing.
    Nothing,
    /// A body.
    Body(Body),
    /// All of it, as it came: `x-buildflow-request: raw`.
    Raw,
    /// A handshake, which opens a WebSocket: `x-buildflow-websocket: true`.
    Handshake,
}

impl Endpoint {
    /// The request body.
    pub fn body(&self) -> Option<&Body> {
        match &self.payload {
            Payload::Body(body) => Some(body),
            Payload::Nothing | Payload::Raw | Payload::Handshake => None,
        }
    }
}

/// An operation that answers 501.
#[derive(Debug)]
pub struct MissingEndpoint {
    /// Method and path.
    pub route: Route,
}

/// Summary and description.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Docs {
    /// One line.
    pub summary: Option<String>,
    /// Markdown.
    pub description: Option<String>,
    /// Whether it should not be used any more.
    pub deprecated: bool,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// The path; the number is its position among the template's parameters.
    Path(usize),
    /// The query string.
    Query,
    /// The query string as a whole.
    Querystring,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
}

/// How a parameter's value is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Style {
    /// One text.
    Single,
    /// A list: the parameter is repeated.
    Repeated,
    /// A list, or names and values in turn: one text, cut at this character.
    Delimited(char),
    /// An object: one text of `name=value`, cut at this character.
    Pairs(char),
    /// An object: these members are parameters of their own.
    Spread(Vec<String>),
    /// An object: these members are parameters of their own, and further members are all parameters but these.
    SpreadBut(Vec<String>),
    /// Members and items in brackets after the parameter's name.
    Brackets,
    /// JSON.
    Json,
    /// The whole query string, as a form.
    Form,
}

/// What is around a parameter's texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// Nothing.
    Plain,
    /// Nothing, and nothing is encoded: the style `cookie`.
    Verbatim,
    /// A dot.
    Label,
    /// A semicolon and the parameter's name.
    Matrix,
    /// Nothing; there may be several segments of the path.
    Segments,
}

/// How a parameter's type is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// From one text.
    Text,
    /// From a list of texts.
    List,
    /// From texts that together stand for a value, as JSON does.
    Value,
}

/// One parameter.
#[derive(Debug)]
pub struct Parameter {
    /// The request struct's field.
    pub field: FieldName,
    /// Its name in the document.
    pub wire_name: String,
    /// Where it stands.
    pub location: Location,
    /// How it is written.
    pub style: Style,
    /// What is around its texts.
    pub syntax: Syntax,
    /// How its type is read.
    pub reading: Reading,
    /// Its type.
    pub slot: ConstrainedType,
    /// How it is validated.
    pub validation: Validation,
    /// Whether it counts as absent where its text is empty.
    pub empty_is_absent: bool,
    /// What happens where it is absent.
    pub presence: ParameterPresence,
    /// Its description.
    pub docs: Docs,
    /// The pointer of its schema; empty where it has none.
    pub schema: String,
}

/// What happens where a parameter is absent.
#[derive(Debug, Clone, PartialEq)]
pub enum ParameterPresence {
    /// The request is refused.
    Required,
    /// The request is refused, too; the field is `None` where the parameter is null.
    Nullable,
    /// The field is `None`.
    Optional,
    /// The field has this value.
    Default(Literal),
    /// The field has the value of this JSON.
    DefaultJson(String),
}

/// A way to authorise requests.
#[derive(Debug)]
pub struct SecurityScheme {
    /// Its name in the document.
    pub wire_name: String,
    /// The trait's method that checks its credentials.
    pub method_name: FieldName,
    /// What the credentials are.
    pub kind: SchemeKind,
    /// Its description.
    pub description: Option<String>,
}

impl SecurityScheme {
    /// The runtime's type for the credentials.
    pub fn credentials(&self) -> &'static str {
        match self.kind {
            SchemeKind::HeaderKey(_) | SchemeKind::QueryKey(_) | SchemeKind::CookieKey(_) => {
                "buildflow_runtime::ApiKey"
            }
            SchemeKind::Basic => "buildflow_runtime::BasicCredentials",
            SchemeKind::Bearer | SchemeKind::OAuth => "buildflow_runtime::BearerToken",
            SchemeKind::Certificate => "buildflow_runtime::ClientCertificate",
            SchemeKind::Http(_) => "buildflow_runtime::HttpCredentials",
        }
    }
}

/// What the credentials of a scheme are, and where they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemeKind {
    /// An API key in this header.
    HeaderKey(String),
    /// An API key in this query parameter.
    QueryKey(String),
    /// An API key in this cookie.
    CookieKey(String),
    /// HTTP Basic (RFC 7617).
    Basic,
    /// A bearer token (RFC 6750).
    Bearer,
    /// A bearer token of OAuth 2 or OpenID Connect.
    OAuth,
    /// The certificate of the client: mutual TLS.
    Certificate,
    /// Another HTTP authentication scheme, of this name.
    Http(String),
}

/// Schemes that must all be satisfied; empty for nobody in particular.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Index into [`Service::schemes`], and the scopes that are asked for.
    pub schemes: Vec<(usize, Vec<String>)>,
}
