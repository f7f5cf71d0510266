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
    pub shape: Shape,
    pub need: Need,
}

/// An object of the specification.
#[derive(Debug)]
pub(crate) struct Table {
    /// Its name in the specification, such as "Operation Object".
    pub name: &'static str,
    pub fields: &'static [Field],
}

const fn may(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, need: Need::Optional }
}

const fn must(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, need: Need::Always }
}

const fn should(name: &'static str, shape: Shape) -> Field {
    should_until(name, shape, Version::V3_2)
}

const fn should_until(name: &'static str, shape: Shape, version: Version) -> Field {
    Field { name, shape, need: Need::Formally(version) }
}

const TEXT: Shape = Shape::Text;
const TEXTS: Shape = Shape::List(&Shape::Text);
const FLAG: Shape = Shape::Flag;
const ANY: Shape = Shape::Any;

/// The document.
pub(crate) static DOCUMENT: Table = Table {
    name: "OpenAPI Object",
    fields: &[
        must("openapi", TEXT),
        may("$self", TEXT),
        should("info", Shape::Object(&INFO)),
        may("jsonSchemaDialect", TEXT),
        may("servers", Shape::List(&Shape::Object(&SERVER))),
        should_until("paths", Shape::Paths, Version::V3_0),
        may("webhooks", Shape::Map(&Shape::OrReference(&PATH_ITEM))),
        may("components", Shape::Object(&COMPONENTS)),
        may("security", Shape::List(&Shape::Map(&Shape::Scopes))),
        may("tags", Shape::List(&Shape::Object(&TAG))),
        may("externalDocs", Shape::Object(&EXTERNAL_DOCS)),
    ],
};

static INFO: Table = Table {
    name: "Info Object",
    fields: &[
        should("title", TEXT),
        may("summary", TEXT),
        may("description", TEXT),
        may("termsOfService", TEXT),
        may("contact", ANY),
        may("license", ANY),
        should("version", TEXT),
    ],
};

static SERVER: Table = Table {
    name: "Server Object",
    fields: &[should("url", TEXT), may("name", TEXT), may("description", TEXT), may("variables", ANY)],
};

static TAG: Table = Table {
    name: "Tag Object",
    fields: &[
        should("name", TEXT),
        may("summary", TEXT),
        may("description", TEXT),
        may("externalDocs", Shape::Object(&EXTERNAL_DOCS)),
        may("parent", TEXT),
        may("kind", TEXT),
    ],
};

static EXTERNAL_DOCS: Table =
    Table { name: "External Documentation Object", fields: &[may("description", TEXT), should("url", TEXT)] };

pub(crate) static COMPONENTS: Table = Table {
    name: "Components Object",
    fields: &[
        may("schemas", Shape::Map(&Shape::Schema)),
        may("responses", Shape::Map(&Shape::OrReference(&RESPONSE))),
        may("parameters", Shape::Map(&Shape::OrReference(&PARAMETER))),
        may("examples", Shape::Map(&Shape::OrReference(&EXAMPLE))),
        may("requestBodies", Shape::Map(&Shape::OrReference(&REQUEST_BODY))),
        may("headers", Shape::Map(&Shape::OrReference(&HEADER))),
        may("securitySchemes", Shape::Map(&Shape::OrReference(&SECURITY_SCHEME))),
        may("links", ANY),
        may("callbacks", ANY),
        may("pathItems", Shape::Map(&Shape::OrReference(&PATH_ITEM))),
        may("mediaTypes", Shape::Map(&Shape::OrReference(&MEDIA_TYPE))),
    ],
};

pub(crate) static PATH_ITEM: Table = Table {
    name: "Path Item Object",
    fields: &[
        may("$ref", TEXT),
        may("summary", TEXT),
        may("description", TEXT),
        may("get", Shape::Object(&OPERATION)),
        may("put", Shape::Object(&OPERATION)),
        may("post", Shape::Object(&OPERATION)),
        may("delete", Shape::Object(&OPERATION)),
        may("options", Shape::Object(&OPERATION)),
        may("head", Shape::Object(&OPERATION)),
        may("patch", Shape::Object(&OPERATION)),
        may("trace", Shape::Object(&OPERATION)),
        may("query", Shape::Object(&OPERATION)),
        may("additionalOperations", Shape::Map(&Shape::Object(&OPERATION))),
        may("servers", Shape::List(&Shape::Object(&SERVER))),
        may("parameters", Shape::List(&Shape::OrReference(&PARAMETER))),
    ],
};

static OPERATION: Table = Table {
    name: "Operation Object",
    fields: &[
        may("tags", TEXTS),
        may("summary", TEXT),
        may("description", TEXT),
        may("externalDocs", Shape::Object(&EXTERNAL_DOCS)),
        may("operationId", TEXT),
        may("parameters", Shape::List(&Shape::OrReference(&PARAMETER))),
        may("requestBody", Shape::OrReference(&REQUEST_BODY)),
        should_until("responses", Shape::Responses, Version::V3_0),
        may("callbacks", ANY),
        may("deprecated", FLAG),
        may("security", Shape::List(&Shape::Map(&Shape::Scopes))),
        may("servers", Shape::List(&Shape::Object(&SERVER))),
        may("x-buildflow-middleware", ANY),
        may("x-buildflow-request", Shape::Word(&["raw"])),
        may("x-buildflow-response", Shape::Word(&["raw"])),
        may("x-buildflow-websocket", FLAG),
    ],
};

static PARAMETER: Table = Table {
    name: "Parameter Object",
    fields: &[
        must("name", TEXT),
        must("in", Shape::Word(&["path", "query", "header", "cookie", "querystring"])),
        may("description", TEXT),
        may("required", FLAG),
        may("deprecated", FLAG),
        may("allowEmptyValue", FLAG),
        may("style", Shape::Word(STYLES)),
        may("explode", FLAG),
        may("allowReserved", FLAG),
        may("schema", Shape::Schema),
        may("content", Shape::Map(&Shape::OrReference(&MEDIA_TYPE))),
        may("example", ANY),
        may("examples", Shape::Map(&Shape::OrReference(&EXAMPLE))),
        may("x-buildflow-path", Shape::Word(&["segments"])),
    ],
};

const STYLES: &[&str] =
    &["matrix", "label", "simple", "form", "spaceDelimited", "pipeDelimited", "deepObject", "cookie"];

static REQUEST_BODY: Table = Table {
    name: "Request Body Object",
    fields: &[
        may("description", TEXT),
        should("content", Shape::Map(&Shape::OrReference(&MEDIA_TYPE))),
        may("required", FLAG),
    ],
};

pub(crate) static MEDIA_TYPE: Table = Table {
    name: "Media Type Object",
    fields: &[
        may("schema", Shape::Schema),
        may("itemSchema", Shape::Schema),
        may("example", ANY),
        may("examples", Shape::Map(&Shape::OrReference(&EXAMPLE))),
        may("encoding", Shape::Map(&Shape::Object(&ENCODING))),
        may("prefixEncoding", Shape::List(&Shape::Object(&ENCODING))),
        may("itemEncoding", Shape::Object(&ENCODING)),
        may("x-buildflow-item", Shape::Schema),
    ],
};

static ENCODING: Table = Table {
    name: "Encoding Object",
    fields: &[
        may("contentType", TEXT),
        may("headers", Shape::Map(&Shape::OrReference(&HEADER))),
        may("style", Shape::Word(STYLES)),
        may("explode", FLAG),
        may("allowReserved", FLAG),
        may("encoding", Shape::Map(&Shape::Object(&ENCODING))),
        may("prefixEncoding", Shape::List(&Shape::Object(&ENCODING))),
        may("itemEncoding", Shape::Object(&ENCODING)),
    ],
};

pub(crate) static RESPONSE: Table = Table {
    name: "Response Object",
    fields: &[
        may("summary", TEXT),
        should_until("description", TEXT, Version::V3_1),
        may("headers", Shape::Map(&Shape::OrReference(&HEADER))),
        may("content", Shape::Map(&Shape::OrReference(&MEDIA_TYPE))),
        may("links", ANY),
    ],
};

static HEADER: Table = Table {
    name: "Header Object",
    fields: &[
        may("description", TEXT),
        may("required", FLAG),
        may("deprecated", FLAG),
        may("allowEmptyValue", FLAG),
        may("style", Shape::Word(&["simple"])),
        may("explode", FLAG),
        may("schema", Shape::Schema),
        may("content", Shape::Map(&Shape::OrReference(&MEDIA_TYPE))),
        may("example", ANY),
        may("examples", Shape::Map(&Shape::OrReference(&EXAMPLE))),
    ],
};

static EXAMPLE: Table = Table {
    name: "Example Object",
    fields: &[
        may("summary", TEXT),
        may("description", TEXT),
        may("value", ANY),
        may("dataValue", ANY),
        may("serializedValue", TEXT),
        may("externalValue", TEXT),
    ],
};

static SECURITY_SCHEME: Table = Table {
    name: "Security Scheme Object",
    fields: &[
        must("type", Shape::Word(&["apiKey", "http", "mutualTLS", "oauth2", "openIdConnect"])),
        may("description", TEXT),
        may("name", TEXT),
        may("in", Shape::Word(&["query", "header", "cookie"])),
        may("scheme", TEXT),
        may("bearerFormat", TEXT),
        may("flows", ANY),
        may("openIdConnectUrl", TEXT),
        may("oauth2MetadataUrl", TEXT),
        may("deprecated", FLAG),
    ],
};
