//! Documented headers of responses.

use openapiv3::{Header, ParameterSchemaOrContent, ReferenceOr, Response};

use super::endpoint::{Lowering, words};
use super::statuses::variant_words;
use crate::ir::{AnswerHeaders, ConstrainedType, Docs, HeaderField, Presence, Scalar, Status, Type, TypeBody};
use crate::lift::is_token;
use crate::lower::DocumentOperation;
use crate::lower::names::identifiers::Scope;
use crate::read::Pointer;
use crate::unsupported::{Feature, Loss};

/// Headers that belong to the connection, not to the handler; `Content-Type` is that of the content
/// (OpenAPI 3.1.1 §4.8.16).
const OWN: [&str; 5] = ["content-type", "content-length", "transfer-encoding", "connection", "date"];

/// Statuses that lead elsewhere (RFC 9110 §15.4).
const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];

impl<'d> Lowering<'d> {
    /// The headers of a response: those that are documented, and the `Location` of a redirect.
    pub(crate) fn answer_headers(
        &mut self,
        found: &DocumentOperation<'d>,
        response: &'d Response,
        at: &Pointer,
        (status, key): (Status, &str),
    ) -> Option<AnswerHeaders> {
        let leads = match status {
            Status::Code(code) if REDIRECTS.contains(&code) => Some(Presence::Required),
            // Some of them lead nowhere, such as 304.
            Status::Range(3) => Some(Presence::Optional),
            _ => None,
        };
        let cached = (at.to_string(), leads);
        if let Some((headers, untyped)) = self.headers.get(&cached) {
            untyped.iter().for_each(|part| self.types.ledger.untyped(&part.pointer, part.why));
            return headers.clone();
        }
        let before = self.types.ledger.parts().len();
        let mut scope = Scope::default();
        let mut fields = Vec::new();
        for (name, header) in &response.headers {
            let place = self.document.locate(&at.join("headers").join(name));
            let Some(header) = header.as_item().filter(|_| !OWN.contains(&name.to_ascii_lowercase().as_str())) else {
                continue;
            };
            if !is_token(name) {
                let span = self.document.key_span(&at.join("headers").join(name));
                self.refuse_at(found, Feature::InvalidHeaderName(name.clone()), span, Loss::Part);
                continue;
            }
            fields.push(match name.eq_ignore_ascii_case("set-cookie") {
                true => HeaderField { examples: self.examples(&place), ..cookies(name, header, &mut scope) },
                false => self.header(name, header, &place, &mut scope),
            });
        }
        if let Some(presence) = leads.filter(|_| !fields.iter().any(|field| field.wire_name == "location")) {
            fields.push(location(&mut scope, presence));
        }
        let words = match at.segments().map(|segment| segment.into_owned()).collect::<Vec<_>>().as_slice() {
            [components, responses, name] if components == "components" && responses == "responses" => name.clone(),
            _ => format!("{} {}", words(found), variant_words(key)),
        };
        let headers = (!fields.is_empty())
            .then(|| AnswerHeaders { name: self.types.claim(&words, &["headers", "response headers"]), fields });
        let untyped = self.types.ledger.parts()[before..].to_vec();
        self.headers.insert(cached, (headers.clone(), untyped));
        headers
    }

    fn header(&mut self, name: &str, header: &Header, at: &Pointer, scope: &mut Scope) -> HeaderField {
        let schema = match &header.format {
            ParameterSchemaOrContent::Schema(ReferenceOr::Reference { reference }) => Pointer::parse(reference),
            _ => None,
        };
        let id = schema.and_then(|pointer| self.document.schemas.at(&pointer));
        let slot = id.map(|id| self.types.response(id).without_null().0);
        let slot = slot.filter(|slot| self.is_header(&slot.ty)).unwrap_or_else(|| {
            self.untyped(at, "a header whose value is no scalar, enum, or list of these");
            ConstrainedType::plain(Type::Scalar(Scalar::String))
        });
        HeaderField {
            // Nobody reads `ETag` as two words.
            name: scope.field(if name.eq_ignore_ascii_case("etag") { "etag" } else { name }),
            wire_name: name.to_ascii_lowercase(),
            slot,
            presence: if header.required { Presence::Required } else { Presence::Optional },
            docs: docs(header),
            examples: self.examples(at),
            schema: id.map(|id| self.document.schemas.get(id).pointer.to_string()),
        }
    }

    fn is_header(&self, ty: &Type) -> bool {
        match ty {
            Type::List(item) => self.is_word(&item.ty),
            Type::Named(id) => match self.types.body(*id) {
                Some(TypeBody::Alias(slot)) => self.is_header(&slot.ty),
                _ => self.is_word(ty),
            },
            _ => self.is_word(ty),
        }
    }

    fn is_word(&self, ty: &Type) -> bool {
        match ty {
            Type::Scalar(_) => true,
            Type::Named(id) => match self.types.body(*id) {
                Some(TypeBody::Enum(_)) => true,
                Some(TypeBody::Alias(slot)) => self.is_word(&slot.ty),
                _ => false,
            },
            _ => false,
        }
    }
}

/// However its schema says it, there is one a cookie, and perhaps none.
fn cookies(name: &str, header: &Header, scope: &mut Scope) -> HeaderField {
    HeaderField {
        name: scope.field(name),
        wire_name: "set-cookie".to_owned(),
        slot: ConstrainedType::plain(Type::Scalar(Scalar::String)),
        presence: Presence::Optional,
        docs: docs(header),
        examples: Vec::new(),
        schema: None,
    }
}

fn docs(header: &Header) -> Docs {
    Docs { description: header.description.clone(), deprecated: header.deprecated.unwrap_or(false), ..Docs::default() }
}

fn location(scope: &mut Scope, presence: Presence) -> HeaderField {
    HeaderField {
        name: scope.field("location"),
        wire_name: "location".to_owned(),
        slot: ConstrainedType::plain(Type::Scalar(Scalar::String)),
        presence,
        docs: Docs { description: Some("Where to go instead.".to_owned()), ..Docs::default() },
        examples: Vec::new(),
        schema: None,
    }
}
