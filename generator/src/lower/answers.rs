//! Documented responses become the variants of the response enum.

use openapiv3::{MediaType, Response, StatusCode};

use super::Found;
use super::body::{Kind, kind, schema};
use super::endpoint::Lowering;
use super::naming::Scope;
use super::statuses::variant_words;
use crate::ir::{Answer, Content, Slot, Status, Type};
use crate::lift::json;
use crate::read::{Node, Pointer};
use crate::unsupported::{Feature, Loss};

/// What an operation may answer; a success without a body where it documents nothing.
pub(super) fn lower<'d>(lowering: &mut Lowering<'d>, found: &Found<'d>) -> Vec<Answer> {
    let declared = &found.operation.responses;
    let place = found.pointer.join("responses");
    let mut variants = Scope::default();
    let mut answers = Vec::new();
    let coded = declared.responses.iter().map(|(status, response)| (status_of(status), status.to_string(), response));
    let default = declared.default.iter().map(|response| (Status::Default, "default".to_owned(), response));
    for (status, key, response) in coded.chain(default) {
        let Some(response) = response.as_item() else { continue };
        let at = lowering.document.locate(&place.join(&key));
        let variant = variants.variant(&variant_words(&key));
        let body = lowering.answer_body(found, response, &at);
        let (body, examples, schema) =
            body.map_or((None, Vec::new(), None), |(body, examples, schema)| (Some(body), examples, schema));
        answers.push(Answer { variant, status, body, description: response.description.clone(), examples, schema });
    }
    if answers.is_empty() {
        // The document leaves the answers open; success without a body is the least that fits.
        let variant = variants.variant(&variant_words("204"));
        let description = "The document describes no answer.".to_owned();
        answers.push(Answer {
            variant,
            status: Status::Code(204),
            body: None,
            description,
            examples: Vec::new(),
            schema: None,
        });
    }
    answers
}

fn status_of(status: &StatusCode) -> Status {
    match status {
        StatusCode::Code(code) => Status::Code(*code),
        StatusCode::Range(first) => Status::Range(*first),
    }
}

type AnswerBody = ((String, Content), Vec<String>, Option<String>);

impl Lowering<'_> {
    fn answer_body(&mut self, found: &Found<'_>, response: &Response, at: &Pointer) -> Option<AnswerBody> {
        for name in response.headers.keys().filter(|name| !name.eq_ignore_ascii_case("content-type")) {
            let feature = Feature::ResponseHeader(name.clone());
            self.refuse(found, feature, &at.join("headers").join(name), Loss::Part);
        }
        let content = at.join("content");
        let (name, media_type) = preferred(response)?;
        for other in response.content.keys().filter(|other| *other != name) {
            let feature = Feature::ResponseMediaType(other.clone());
            self.refuse(found, feature, &content.join(other), Loss::Part);
        }
        let place = self.document.locate(&content.join(name));
        let examples = self.examples(&place);
        let id = schema(self, media_type);
        let body = match kind(name) {
            Kind::Json => Content::Json(match id {
                Some(id) => {
                    self.responses.push(id);
                    self.types.slot(id)
                }
                None => Slot::plain(Type::Json),
            }),
            Kind::Text => Content::Text,
            // Bytes of any kind can be sent; the handler makes them.
            Kind::Bytes | Kind::Other => Content::Bytes,
        };
        let schema = id.map(|id| self.document.schemas.get(id).pointer.to_string());
        Some(((name.clone(), body), examples, schema))
    }

    /// The examples of a media type, as JSON, its own first.
    fn examples(&self, media_type: &Pointer) -> Vec<String> {
        let node = self.document.node(media_type);
        let mut examples: Vec<String> = node.and_then(|node| node.get("example")).map(json).into_iter().collect();
        let named = node.and_then(|node| node.get("examples")).and_then(Node::as_map);
        for name in named.into_iter().flat_map(|map| map.keys()) {
            let at = self.document.locate(&media_type.join("examples").join(name));
            let value = self.document.node(&at).and_then(|node| node.get("value").or_else(|| node.get("dataValue")));
            examples.extend(value.map(json));
        }
        examples
    }
}

/// JSON where there is some, else what comes first.
fn preferred(response: &Response) -> Option<(&String, &MediaType)> {
    let mut json = response.content.iter().filter(|(name, _)| kind(name) == Kind::Json);
    json.next()
        .or_else(|| response.content.iter().find(|(name, _)| kind(name) != Kind::Other))
        .or_else(|| response.content.first())
}
