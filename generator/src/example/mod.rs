//! Example answers: the document's own where they are valid, else made from its schemas.

mod answers;
mod handlers;
mod synthesis;

pub use handlers::{Handlers, flow_main_file, handlers_file, main_file};

use std::collections::HashMap;

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};

use crate::ir::{Answer, AnswerBody, Endpoint, HeaderField, Payload, Status};
use crate::lift::schemas::SchemaId;
use crate::lift::{Direction, Document, plain};
use crate::read::Pointer;
use synthesis::{attempts, merged, synthesize};

/// What the schemas are called inside the validator.
const BASE: &str = "buildflow:/examples";

/// Makes examples of what a document's endpoints take and answer.
pub struct Examples<'d> {
    requests: Validators<'d>,
    responses: Validators<'d>,
    /// How many expressions read one.
    read: usize,
}

impl<'d> Examples<'d> {
    /// Prepares the schemas of these endpoints: of what they take, and of what they answer.
    pub fn new(document: &'d Document, endpoints: &[Endpoint]) -> Self {
        let taken = endpoints.iter().flat_map(|endpoint| {
            let parameters = endpoint.parameters.iter().map(|parameter| parameter.schema.as_str());
            let bodies = endpoint.body().into_iter().flat_map(|body| &body.alternatives);
            parameters.chain(bodies.map(|alternative| alternative.schema.as_str()))
        });
        let given = endpoints.iter().flat_map(|endpoint| &endpoint.answers).flat_map(|answer| {
            let headers = answer.headers.iter().flat_map(|headers| &headers.fields);
            let body = answer.body.iter().filter_map(|body| body.schema.as_deref());
            body.chain(headers.filter_map(|field| field.schema.as_deref()))
        });
        Self {
            requests: Validators::new(document, Direction::Request, taken),
            responses: Validators::new(document, Direction::Response, given),
            read: 0,
        }
    }

    /// An expression that reads an example from JSON.
    fn reading(&mut self, json: &str) -> String {
        self.read += 1;
        format!("example({json:?})?")
    }

    /// A valid example of an answer's body, as JSON; `None` where none can be made.
    pub fn for_body(&mut self, body: &AnswerBody) -> Option<String> {
        let own: Vec<Value> = body.examples.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
        match body.schema.as_deref() {
            Some(pointer) => self.responses.valid(pointer, own).map(|value| value.to_string()),
            None => Some(own.first().map_or_else(|| "null".to_owned(), Value::to_string)),
        }
    }

    /// An example of an answer's body that is text.
    fn text_for_body(&mut self, body: &AnswerBody) -> Option<String> {
        let own = body.examples.iter().find_map(|text| serde_json::from_str::<String>(text).ok());
        own.or_else(|| match self.responses.valid(body.schema.as_deref()?, Vec::new())? {
            // What a schema says of bytes is no text.
            Value::String(text) if text != "string" => Some(text),
            _ => None,
        })
    }

    /// The example that the document gives of a header; what is in quotes may still be a number.
    fn of_header(&mut self, field: &HeaderField) -> Option<Value> {
        let own = field.examples.iter().filter_map(|text| serde_json::from_str::<Value>(text).ok());
        let unquoted = |value: &Value| serde_json::from_str(value.as_str()?).ok();
        let own: Vec<Value> = own.flat_map(|value| [unquoted(&value), Some(value)]).flatten().collect();
        match field.schema.as_deref() {
            None => own.into_iter().next_back(),
            Some(schema) => self.responses.documented(schema, own),
        }
    }

    /// A value of a header that is valid by the schema at `pointer`.
    fn made_for(&mut self, pointer: &str) -> Option<Value> {
        self.responses.valid(pointer, Vec::new())
    }

    /// A value of a request that is valid by the schema at `pointer`, made from what the schema says.
    pub fn value(&mut self, pointer: &str) -> Option<Value> {
        self.requests.valid(pointer, Vec::new())
    }
}

/// A value that satisfies both of two schemas, if one is found.
pub fn overlap(document: &Document, left: &str, right: &str) -> Option<Value> {
    let mut validators = Validators::new(document, Direction::Request, [left, right].into_iter());
    let made =
        |pointer: &str, attempt| Some(synthesize(document, schema_at(document, pointer)?, Direction::Request, attempt));
    let values: Vec<Value> = attempts()
        .filter_map(|attempt| {
            let (left, right) = (made(left, attempt)?, made(right, attempt)?);
            Some([left.clone(), right.clone(), merged(left, right)])
        })
        .flatten()
        .collect();
    let fitting = |pointer: &str, validators: &mut Validators<'_>, values: Vec<Value>| -> Option<Vec<Value>> {
        let validator = validators.validator(pointer)?;
        Some(values.into_iter().filter(|value| validator.is_valid(value)).collect())
    };
    let values = fitting(left, &mut validators, values)?;
    fitting(right, &mut validators, values)?.into_iter().next()
}

/// The validators of the schemas of one direction.
struct Validators<'d> {
    document: &'d Document,
    direction: Direction,
    registry: Option<Registry<'static>>,
    compiled: HashMap<String, Option<Validator>>,
}

impl<'d> Validators<'d> {
    fn new<'p>(document: &'d Document, direction: Direction, pointers: impl Iterator<Item = &'p str>) -> Self {
        let ids = pointers.filter_map(|pointer| schema_at(document, pointer));
        let bundle: Option<Value> = serde_json::from_str(&document.validator_document(ids, direction).into_text()).ok();
        let registry = bundle.and_then(|bundle| {
            let builder = Registry::new().draft(Draft::Draft202012).add(BASE, bundle).ok()?;
            builder.prepare().ok()
        });
        Self { document, direction, registry, compiled: HashMap::new() }
    }

    /// The first of `own` that is valid, else one that is made.
    fn valid(&mut self, pointer: &str, own: Vec<Value>) -> Option<Value> {
        let id = schema_at(self.document, pointer)?;
        let (document, direction) = (self.document, self.direction);
        let made = attempts().map(|attempt| synthesize(document, id, direction, attempt));
        let validator = self.validator(pointer)?;
        own.into_iter().chain(made).find(|value| validator.is_valid(value))
    }

    /// The last of `own` that is valid, else an example of the schema's own.
    fn documented(&mut self, pointer: &str, own: Vec<Value>) -> Option<Value> {
        let schemas = &self.document.schemas;
        let keywords = schemas.keywords(schemas.resolve(schema_at(self.document, pointer)?))?;
        let quoted: Vec<Value> = keywords.notes.examples.iter().map(plain).collect();
        let validator = self.validator(pointer)?;
        own.into_iter().rev().chain(quoted).find(|value| validator.is_valid(value))
    }

    fn validator(&mut self, pointer: &str) -> Option<&Validator> {
        let registry = self.registry.as_ref()?;
        let compile = || {
            let options = jsonschema::options().with_draft(Draft::Draft202012).with_registry(registry);
            let options = options.should_validate_formats(true).should_ignore_unknown_formats(true);
            options.build(&json!({ "$ref": format!("{BASE}#{}", Pointer::parse(pointer)?.to_fragment()) })).ok()
        };
        self.compiled.entry(pointer.to_owned()).or_insert_with(compile).as_ref()
    }
}

fn schema_at(document: &Document, pointer: &str) -> Option<SchemaId> {
    document.schemas.at(&Pointer::parse(pointer)?)
}

/// The answer that an example server gives: a success where there is one.
pub fn answer(endpoint: &Endpoint) -> Option<&Answer> {
    let rank = |answer: &&Answer| match answer.status {
        Status::Code(101) if matches!(endpoint.payload, Payload::Handshake) => (0, 101),
        // What has a body shows more than what has none.
        Status::Code(code @ 200..=299) if answer.body.is_some() => (0, code),
        Status::Code(code @ 200..=299) => (1, code),
        Status::Range(2) => (2, 0),
        Status::Default => (3, 0),
        Status::Code(code) => (4, code),
        Status::Range(first) => (5, first),
    };
    endpoint.answers.iter().min_by_key(rank)
}
