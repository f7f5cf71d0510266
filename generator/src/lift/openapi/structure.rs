//! What an OpenAPI document may hold: one table for the objects of OpenAPI 3.0, 3.1 and 3.2.
//!
//! The table says the shape of each field, which fields must be there, and where schemas stand.
//! It is walked once over the document (see [`super::structure_check`]), so that each mistake is told at its
//! own place, and all of them at once.

/// The versions of OpenAPI that are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// OpenAPI 3.0.x: schemas in its own dialect.
    V3_0,
    /// OpenAPI 3.1.x: schemas in JSON Schema 2020-12.
    V3_1,
    /// OpenAPI 3.2.x: as 3.1, with more methods, streams of items, and hierarchical tags.
    V3_2,
}

/// The shape of a value.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// A string.
    Text,
    /// One of a few strings.
    Word(&'static [&'static str]),
    /// A boolean.
    Flag,
    /// Anything: examples, defaults, extensions.
    Any,
    /// A schema: lifted out, and read by the schema reader.
    Schema,
    /// What a security requirement asks of a scheme: a list of strings.
    Scopes,
    /// A list of such values.
    List(&'static Shape),
    /// An object with free keys and such values.
    Map(&'static Shape),
    /// An object with the fields of a table.
    Object(&'static Table),
    /// Such an object, or a Reference Object in its place.
    OrReference(&'static Table),
    /// The Paths Object: keys are path templates.
    Paths,
    /// The Responses Object: keys are status codes, ranges, or `default`.
    Responses,
}

/// When a field must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Optional,
    /// The object says nothing without it.
    Always,
    /// Required up to this version; what is meant without it is plain.
    Formally(Version),
}

/// One field of an object.
#[derive(Debug)]
pub(crate) struct Field {
    pub name: &'static str,
    pub effect: Effect,
    pub shape: Shape,
    pub need: Need,
}

/// What a server does with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Requests or responses are held to it.
    Enforced,
    /// It is in generated code: in types, names and their docs.
    Generated,
    /// The served document shows it, and no more.
    Shown,
    /// Nothing is done with it, which is told.
    Ignored,
}

/// An object of the specification.
#[derive(Debug)]
pub(crate) struct Table {
    /// Its name in the specification, such as "Operation Object".
    pub name: &'static str,
    pub fields: &'static [Field],
}

const fn may(name: &'static str, effect: Effect, shape: Shape) -> Field {
    Field { name, effect, shape, need: Need::Optional }
}

const fn must(name: &'static str, effect: Effect, shape: Shape) -> Field {
    Field { name, effect, shape, need: Need::Always }
}

const fn should(name: &'static str, effect: Effect, shape: Shape) -> Field {
    should_until(name, effect, shape, Version::V3_2)
}

const fn should_until(name: &'static str, effect: Effect, shape: Shape, version: Version) -> Field {
    Field { name, effect, shape, need: Need::Formally(version) }
}

const ENFORCED: Effect = Effect::Enforced;
const GENERATED: Effect = Effect::Generated;
const SHOWN: Effect = Effect::Shown;
const IGNORED: Effect = Effect::Ignored;

const TEXT: Shape = Shape::Text;
const TEXTS: Shape = Shape::List(&Shape::Text);
const FLAG: Shape = Shape::Flag;
const ANY: Shape = Shape::Any;

/// The document.
pub(crate) static DOCUMENT: Table = Table {
    name: "OpenAPI Object",
    fields: &[
        must("openapi", ENFORCED, TEXT),
        may("$self", ENFORCED, TEXT),
        should("info", GENERATED, Shape::Object(&INFO)),
        may("jsonSchemaDialect", ENFORCED, TEXT),
        may("servers", IGNORED, Shape::List(&Shape::Object(&SERVER))),
        should_until("paths", ENFORCED, Shape::Paths, Version::V3_0),
        may("webhooks", SHOWN, Shape::Map(&Shape::OrReference(&PATH_ITEM))),
        may("components", ENFORCED, Shape::Object(&COMPONENTS)),
        may("security", ENFORCED, Shape::List(&Shape::Map(&Shape::Scopes))),
        may("tags", SHOWN, Shape::List(&Shape::Object(&TAG))),
        may("externalDocs", SHOWN, Shape::Object(&EXTERNAL_DOCS)),
    ],
};

static INFO: Table = Table {
    name: "Info Object",
    fields: &[
        should("title", GENERATED, TEXT),
        may("summary", SHOWN, TEXT),
        may("description", GENERATED, TEXT),
        may("termsOfService", SHOWN, TEXT),
        may("contact", SHOWN, ANY),
        may("license", SHOWN, ANY),
        should("version", GENERATED, TEXT),
    ],
};

static SERVER: Table = Table {
    name: "Server Object",
    fields: &[
        should("url", IGNORED, TEXT),
        may("name", IGNORED, TEXT),
        may("description", IGNORED, TEXT),
        may("variables", IGNORED, ANY),
    ],
};

static TAG: Table = Table {
    name: "Tag Object",
    fields: &[
        should("name", SHOWN, TEXT),
        may("summary", SHOWN, TEXT),
        may("description", SHOWN, TEXT),
        may("externalDocs", SHOWN, Shape::Object(&EXTERNAL_DOCS)),
        may("parent", SHOWN, TEXT),
        may("kind", SHOWN, TEXT),
    ],
};

static EXTERNAL_DOCS: Table = Table {
    name: "External Documentation Object",
    fields: &[may("description", SHOWN, TEXT), should("url", SHOWN, TEXT)],
};

pub(crate) static COMPONENTS: Table = Table {
    name: "Components Object",
    fields: &[
        may("schemas", ENFORCED, Shape::Map(&Shape::Schema)),
        may("responses", ENFORCED, Shape::Map(&Shape::OrReference(&RESPONSE))),
        may("parameters", ENFORCED, Shape::Map(&Shape::OrReference(&PARAMETER))),
        may("examples", SHOWN, Shape::Map(&Shape::OrReference(&EXAMPLE))),
        may("requestBodies", ENFORCED, Shape::Map(&Shape::OrReference(&REQUEST_BODY))),
        may("headers", ENFORCED, Shape::Map(&Shape::OrReference(&HEADER))),
        may("securitySchemes", ENFORCED, Shape::Map(&Shape::OrReference(&SECURITY_SCHEME))),
        may("links", SHOWN, ANY),
        may("callbacks", SHOWN, ANY),
        may("pathItems", ENFORCED, Shape::Map(&Shape::OrReference(&PATH_ITEM))),
        may("mediaTypes", ENFORCED, Shape::Map(&Shape::OrReference(&MEDIA_TYPE))),
    ],
};

pub(crate) static PATH_ITEM: Table = Table {
    name: "Path Item Object",
    fields: &[
        may("$ref", ENFORCED, TEXT),
        may("summary", GENERATED, TEXT),
        may("description", GENERATED, TEXT),
        may("get", ENFORCED, Shape::Object(&OPERATION)),
        may("put", ENFORCED, Shape::Object(&OPERATION)),
        may("post", ENFORCED, Shape::Object(&OPERATION)),
        may("delete", ENFORCED, Shape::Object(&OPERATION)),
        may("options", ENFORCED, Shape::Object(&OPERATION)),
        may("head", ENFORCED, Shape::Object(&OPERATION)),
        may("patch", ENFORCED, Shape::Object(&OPERATION)),
        may("trace", ENFORCED, Shape::Object(&OPERATION)),
        may("query", ENFORCED, Shape::Object(&OPERATION)),
        may("additionalOperations", ENFORCED, Shape::Map(&Shape::Object(&OPERATION))),
        may("servers", IGNORED, Shape::List(&Shape::Object(&SERVER))),
        may("parameters", ENFORCED, Shape::List(&Shape::OrReference(&PARAMETER))),
    ],
};

static OPERATION: Table = Table {
    name: "Operation Object",
    fields: &[
        may("tags", GENERATED, TEXTS),
        may("summary", GENERATED, TEXT),
        may("description", GENERATED, TEXT),
        may("externalDocs", SHOWN, Shape::Object(&EXTERNAL_DOCS)),
        may("operationId", GENERATED, TEXT),
        may("parameters", ENFORCED, Shape::List(&Shape::OrReference(&PARAMETER))),
        may("requestBody", ENFORCED, Shape::OrReference(&REQUEST_BODY)),
        should_until("responses", ENFORCED, Shape::Responses, Version::V3_0),
        may("callbacks", SHOWN, ANY),
        may("deprecated", GENERATED, FLAG),
        may("security", ENFORCED, Shape::List(&Shape::Map(&Shape::Scopes))),
        may("servers", IGNORED, Shape::List(&Shape::Object(&SERVER))),
        may("x-buildflow-middleware", ENFORCED, ANY),
        may("x-buildflow-request", ENFORCED, Shape::Word(&["raw"])),
        may("x-buildflow-response", ENFORCED, Shape::Word(&["raw"])),
        may("x-buildflow-websocket", ENFORCED, FLAG),
    ],
};

static PARAMETER: Table = Table {
    name: "Parameter Object",
    fields: &[
        must("name", ENFORCED, TEXT),
        must("in", ENFORCED, Shape::Word(&["path", "query", "header", "cookie", "querystring"])),
        may("description", GENERATED, TEXT),
        may("required", ENFORCED, FLAG),
        may("deprecated", GENERATED, FLAG),
        may("allowEmptyValue", ENFORCED, FLAG),
        may("style", ENFORCED, Shape::Word(STYLES)),
        may("explode", ENFORCED, FLAG),
        may("allowReserved", SHOWN, FLAG),
        may("schema", ENFORCED, Shape::Schema),
        may("content", ENFORCED, Shape::Map(&Shape::OrReference(&MEDIA_TYPE))),
        may("example", SHOWN, ANY),
        may("examples", SHOWN, Shape::Map(&Shape::OrReference(&EXAMPLE))),
        may("x-buildflow-path", ENFORCED, Shape::Word(&["segments"])),
    ],
};

const STYLES: &[&str] =
    &["matrix", "label", "simple", "form", "spaceDelimited", "pipeDelimited", "deepObject", "cookie"];

static REQUEST_BODY: Table = Table {
    name: "Request Body Object",
    fields: &[
        may("description", GENERATED, TEXT),
        should("content", ENFORCED, Shape::Map(&Shape::OrReference(&MEDIA_TYPE))),
        may("required", ENFORCED, FLAG),
    ],
};

pub(crate) static MEDIA_TYPE: Table = Table {
    name: "Media Type Object",
    fields: &[
        may("schema", ENFORCED, Shape::Schema),
        may("itemSchema", GENERATED, Shape::Schema),
        may("example", SHOWN, ANY),
        may("examples", SHOWN, Shape::Map(&Shape::OrReference(&EXAMPLE))),
        may("encoding", ENFORCED, Shape::Map(&Shape::Object(&ENCODING))),
        may("prefixEncoding", IGNORED, Shape::List(&Shape::Object(&ENCODING))),
        may("itemEncoding", IGNORED, Shape::Object(&ENCODING)),
        may("x-buildflow-item", GENERATED, Shape::Schema),
        may("x-buildflow-stream", GENERATED, FLAG),
    ],
};

static ENCODING: Table = Table {
    name: "Encoding Object",
    fields: &[
        may("contentType", ENFORCED, TEXT),
        may("headers", ENFORCED, Shape::Map(&Shape::OrReference(&HEADER))),
        may("style", ENFORCED, Shape::Word(STYLES)),
        may("explode", ENFORCED, FLAG),
        may("allowReserved", SHOWN, FLAG),
        may("encoding", IGNORED, Shape::Map(&Shape::Object(&ENCODING))),
        may("prefixEncoding", IGNORED, Shape::List(&Shape::Object(&ENCODING))),
        may("itemEncoding", IGNORED, Shape::Object(&ENCODING)),
    ],
};

pub(crate) static RESPONSE: Table = Table {
    name: "Response Object",
    fields: &[
        may("summary", SHOWN, TEXT),
        should_until("description", GENERATED, TEXT, Version::V3_1),
        may("headers", GENERATED, Shape::Map(&Shape::OrReference(&HEADER))),
        may("content", GENERATED, Shape::Map(&Shape::OrReference(&MEDIA_TYPE))),
        may("links", SHOWN, ANY),
    ],
};

static HEADER: Table = Table {
    name: "Header Object",
    fields: &[
        may("description", GENERATED, TEXT),
        may("required", GENERATED, FLAG),
        may("deprecated", GENERATED, FLAG),
        may("allowEmptyValue", IGNORED, FLAG),
        may("style", SHOWN, Shape::Word(&["simple"])),
        may("explode", SHOWN, FLAG),
        may("schema", GENERATED, Shape::Schema),
        may("content", IGNORED, Shape::Map(&Shape::OrReference(&MEDIA_TYPE))),
        may("example", SHOWN, ANY),
        may("examples", SHOWN, Shape::Map(&Shape::OrReference(&EXAMPLE))),
    ],
};

static EXAMPLE: Table = Table {
    name: "Example Object",
    fields: &[
        may("summary", SHOWN, TEXT),
        may("description", SHOWN, TEXT),
        may("value", SHOWN, ANY),
        may("dataValue", SHOWN, ANY),
        may("serializedValue", SHOWN, TEXT),
        may("externalValue", SHOWN, TEXT),
    ],
};

static SECURITY_SCHEME: Table = Table {
    name: "Security Scheme Object",
    fields: &[
        must("type", ENFORCED, Shape::Word(&["apiKey", "http", "mutualTLS", "oauth2", "openIdConnect"])),
        may("description", GENERATED, TEXT),
        may("name", ENFORCED, TEXT),
        may("in", ENFORCED, Shape::Word(&["query", "header", "cookie"])),
        may("scheme", ENFORCED, TEXT),
        may("bearerFormat", SHOWN, TEXT),
        may("flows", SHOWN, ANY),
        may("openIdConnectUrl", SHOWN, TEXT),
        may("oauth2MetadataUrl", SHOWN, TEXT),
        may("deprecated", SHOWN, FLAG),
    ],
};

/// Every field of the objects of OpenAPI, by object, and what a server does with it.
pub fn fields() -> Vec<(&'static str, &'static str, Effect)> {
    let tables = [
        &DOCUMENT,
        &INFO,
        &SERVER,
        &TAG,
        &EXTERNAL_DOCS,
        &COMPONENTS,
        &PATH_ITEM,
        &OPERATION,
        &PARAMETER,
        &REQUEST_BODY,
        &MEDIA_TYPE,
        &ENCODING,
        &RESPONSE,
        &HEADER,
        &EXAMPLE,
        &SECURITY_SCHEME,
    ];
    let fields = tables.into_iter().flat_map(|table| table.fields.iter().map(|field| (table.name, field)));
    fields.map(|(object, field)| (object, field.name, field.effect)).collect()
}
