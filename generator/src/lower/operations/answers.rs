//! Documented responses become the variants of the response enum.

use openapiv3::{Response, StatusCode};

use super::body::Group;
use super::endpoint::Lowering;
use super::media::{self, Kind};
use super::statuses::variant_words;
use crate::diagnostic::Diagnostic;
use crate::ir::{Answer, AnswerBody, ConstrainedType, Content, Status, Type};
use crate::lower::DocumentOperation;
use crate::lower::names::identifiers::Scope;
use crate::read::{Node, Pointer, to_json};

/// What an operation may answer; a success without a body where it documents nothing, and nothing at all where the
/// handler makes the whole of its responses.
pub(in crate::lower) fn lower<'d>(lowering: &mut Lowering<'d>, found: &DocumentOperation<'d>) -> Vec<Answer> {
    if found.operation.extensions.contains_key("x-buildflow-response") {
        lowering.untyped(&found.pointer.join("x-buildflow-response"), "a response that the handler makes itself");
        return Vec::new();
    }
    let declared = &found.operation.responses;
    let place = found.pointer.join("responses");
    let coded = declared.responses.iter().map(|(status, response)| (status_of(status), status.to_string(), response));
    let default = declared.default.iter().map(|response| (Status::Default, "default".to_owned(), response));
    // The plain names are those of the statuses, whatever their contents are called.
    let mut responses: Vec<_> = coded.chain(default).collect();
    responses.retain(|(status, key, _)| lowering.is_final(*status, found, &place.join(key)));
    let mut variants = Scope::default();
    let names: Vec<_> = responses.iter().map(|(_, key, _)| variants.variant(&variant_words(key))).collect();
    let mut answers = Vec::new();
    for ((status, key, response), name) in responses.into_iter().zip(names) {
        let Some(response) = response.as_item() else { continue };
        let at = lowering.document.locate(&place.join(&key));
        let headers = lowering.answer_headers(found, response, &at, (status, &key));
        let mut bodies = lowering.answer_bodies(found, response, &at, status).into_iter();
        let description = response.description.clone();
        let answer = |variant, body| Answer {
            variant,
            status,
            body,
            headers: headers.clone(),
            description: description.clone(),
        };
        answers.push(answer(name.clone(), bodies.next()));
        for body in bodies {
            let words = format!("{name} {}", media::words(&body.media_types[0]));
            answers.push(answer(variants.variant(&words), Some(body)));
        }
    }
    if found.is_websocket() {
        open_socket(&mut answers, &mut variants);
    } else if answers.is_empty() {
        // The document leaves the answers open; success without a body is the least that fits.
        let (variant, status) = (variants.variant(&variant_words("204")), Status::Code(204));
        let description = "The document describes no answer.".to_owned();
        answers.push(Answer { variant, status, body: None, headers: None, description });
    }
    answers
}

/// The answer that opens a WebSocket has what does so, also where the document does not describe it.
fn open_socket(answers: &mut Vec<Answer>, variants: &mut Scope) {
    let status = Status::Code(101);
    let body = AnswerBody { media_types: Vec::new(), content: Content::Upgrade, examples: Vec::new(), schema: None };
    match answers.iter_mut().find(|answer| answer.status == status) {
        Some(answer) => answer.body = Some(body),
        None => {
            let (variant, description) = (variants.variant(&variant_words("101")), "The WebSocket is open.".to_owned());
            answers.insert(0, Answer { variant, status, body: Some(body), headers: None, description });
        }
    }
}

fn status_of(status: &StatusCode) -> Status {
    match status {
        StatusCode::Code(code) => Status::Code(*code),
        StatusCode::Range(first) => Status::Range(*first),
    }
}

/// Whether messages with this status have no content (RFC 9110 §15.2, §15.3.5, §15.3.6, §15.4.5).
fn is_without_content(status: Status) -> bool {
    matches!(status, Status::Code(100..=199 | 204 | 205 | 304) | Status::Range(1))
}

impl<'d> Lowering<'d> {
    /// Whether an answer can have this status: not an interim one (RFC 9110 §15.2), but for that which opens a WebSocket.
    fn is_final(&mut self, status: Status, found: &DocumentOperation<'d>, at: &Pointer) -> bool {
        let is_interim = matches!(status, Status::Code(100..=199) | Status::Range(1));
        if !is_interim || (status == Status::Code(101) && found.is_websocket()) {
            return true;
        }
        let message = "an informational status is not a response, and has no variant".to_owned();
        let help = "the server sends `100` by itself; `x-buildflow-websocket: true` on a GET opens a WebSocket";
        let at = self.document.span(&self.document.locate(at));
        self.types.diagnostics.push(Diagnostic::warning("informational-status", at, message).help(help));
        false
    }

    fn answer_bodies(
        &mut self,
        found: &DocumentOperation<'d>,
        response: &'d Response,
        at: &Pointer,
        status: Status,
    ) -> Vec<AnswerBody> {
        // Nobody gets the content of an answer to HEAD (RFC 9110 §9.3.2).
        if response.content.is_empty() || found.route.method == "HEAD" {
            return Vec::new();
        }
        let content = at.join("content");
        if is_without_content(status) {
            self.untyped(&content, "content of a status that has none");
            return Vec::new();
        }
        let groups = self.groups(&response.content, &content);
        groups.into_iter().map(|group| self.answer_body(&group)).collect()
    }

    fn answer_body(&mut self, group: &Group<'_>) -> AnswerBody {
        let items = self.items(group);
        if let Some(why) = group.untyped().filter(|_| items.is_none()) {
            self.untyped(&group.at, why);
        }
        let mut media_types: Vec<String> = Vec::new();
        for name in group.names.iter().map(|name| sendable(name)) {
            let name = if group.is_text_in_pieces() && !name.contains(';') { name + "; charset=utf-8" } else { name };
            if !media_types.contains(&name) {
                media_types.push(name);
            }
        }
        let examples = self.examples(&group.at);
        let schema = |id| self.document.schemas.get(id).pointer.to_string();
        if let Some((content, id)) = items {
            // The examples of a sequence are of the whole of it.
            return AnswerBody { media_types, content, examples: Vec::new(), schema: Some(schema(id)) };
        }
        let schema = group.schema.map(schema);
        let content = match (group.kind, group.schema) {
            (Kind::Json, Some(id)) => Content::Json(self.types.response(id)),
            (Kind::Json, None) => Content::Json(ConstrainedType::plain(Type::Json)),
            (Kind::Text, _) => Content::Text,
            (Kind::Stream, _) => Content::Stream,
            (Kind::Open, _) => Content::Media,
            (Kind::Form | Kind::Multipart, _) => {
                self.untyped(&group.at, "a form as an answer, as bytes");
                Content::Stream
            }
            // It may be a file.
            (Kind::Bytes, _) => Content::Stream,
        };
        AnswerBody { media_types, content, examples, schema }
    }

    /// The examples of a media type or a header, as JSON, its own first.
    pub(crate) fn examples(&self, object: &Pointer) -> Vec<String> {
        let node = self.document.node(object);
        let mut examples: Vec<String> = node.and_then(|node| node.get("example")).map(to_json).into_iter().collect();
        let named = node.and_then(|node| node.get("examples")).and_then(Node::as_map);
        for name in named.into_iter().flat_map(|map| map.keys()) {
            let at = self.document.locate(&object.join("examples").join(name));
            let value = self.document.node(&at).and_then(|node| node.get("value").or_else(|| node.get("dataValue")));
            examples.extend(value.map(to_json));
        }
        examples
    }
}

/// A media type as `Content-Type` can carry it: of several in one name the first, and of `application/*+json` JSON.
fn sendable(name: &str) -> String {
    let first = name.split(',').next().unwrap_or_default().trim();
    if first.contains('*') && media::kind(first) == Kind::Json {
        return "application/json".to_owned();
    }
    let is_plain = !first.is_empty() && first.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if is_plain { first.to_owned() } else { "application/octet-stream".to_owned() }
}
