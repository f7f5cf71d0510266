//! What requests and answers hold beside parameters.

use std::fmt;

use super::{ConstrainedType, Docs, FieldName, FieldPresence, Presence, TypeName, VariantName};

/// A request body.
#[derive(Debug)]
pub struct Body {
    /// What may be sent, in the order of the document, JSON first; never empty.
    pub alternatives: Vec<Alternative>,
    /// The enum of the alternatives, where there are several that have not all one type.
    pub choice: Option<TypeName>,
    /// Whether it must be there.
    pub required: bool,
    /// Its description.
    pub docs: Docs,
}

/// One kind of content that a request body may have.
#[derive(Debug)]
pub struct Alternative {
    /// The choice's variant.
    pub variant: VariantName,
    /// The media types that it is sent as.
    pub media_types: Vec<String>,
    /// What it holds.
    pub content: Content,
    /// How it is validated.
    pub validation: Validation,
    /// The pointer of its schema; empty where there is none to validate by.
    pub schema: String,
    /// How many bytes it may have, where it is no text.
    pub length: ByteLength,
}

/// How many bytes something may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ByteLength {
    /// At least as many, if any.
    pub min: Option<u64>,
    /// At most as many, if there is a limit.
    pub max: Option<u64>,
}

/// What a body holds.
#[derive(Debug)]
pub enum Content {
    /// JSON of this type.
    Json(ConstrainedType),
    /// `application/x-www-form-urlencoded`, of this type.
    Form(ConstrainedType, Vec<FormField>),
    /// `multipart/form-data` without files, of this type.
    Multipart(ConstrainedType, Vec<FormField>, Vec<PartRules>),
    /// `multipart/form-data` with files.
    Upload(Upload),
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// Bytes of a media type that the document leaves open.
    Media,
    /// Bytes that come or go piece by piece.
    Stream,
    /// Values of this type that go one by one.
    Items(ConstrainedType, Framing),
    /// What opens a WebSocket.
    Upgrade,
}

/// How the items of a stream are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// JSON values, a line each.
    Lines,
    /// Server-sent events; which part of each the item is.
    Events(EventData),
}

/// Which part of a server-sent event an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventData {
    /// Its data, which is JSON.
    Json,
    /// Its data, which is text.
    Text,
    /// The whole of it: an object whose members are the event's fields.
    Event,
}

impl Content {
    /// The places for values that it has.
    pub fn slots(&self) -> Vec<&ConstrainedType> {
        match self {
            Self::Json(slot) | Self::Form(slot, _) | Self::Multipart(slot, ..) | Self::Items(slot, _) => vec![slot],
            Self::Upload(upload) => {
                let values = upload.fields.iter().filter_map(|field| match &field.content {
                    UploadContent::Value(slot) => Some(slot),
                    UploadContent::File | UploadContent::Files => None,
                });
                values.collect()
            }
            Self::Text | Self::Bytes | Self::Media | Self::Stream | Self::Upgrade => Vec::new(),
        }
    }
}

/// A field of a form that is not written as usual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormField {
    /// Its name.
    pub wire_name: String,
    /// How it is written.
    pub style: FieldStyle,
}

/// How a field of a form is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldStyle {
    /// Its name has brackets of its own.
    Plain,
    /// One text, cut at this character.
    Delimited(char),
    /// JSON.
    Json,
    /// JSON: a list, or one of its items.
    JsonItems,
    /// Each of these members is a field of its own.
    Spread(Vec<String>),
}

/// A form with files: a struct of the service.
#[derive(Debug)]
pub struct Upload {
    /// The struct.
    pub name: TypeName,
    /// Its fields.
    pub fields: Vec<UploadField>,
    /// Those that are not written as usual.
    pub styles: Vec<FormField>,
    /// What parts must be beside what their schemas say.
    pub rules: Vec<PartRules>,
}

/// What the parts of one name in a form must be beside what their schema says.
#[derive(Debug)]
pub struct PartRules {
    /// The name.
    pub wire_name: String,
    /// The media types and ranges that it may have; none where any will do.
    pub media_types: Vec<String>,
    /// Its headers.
    pub headers: Vec<PartHeader>,
    /// How many bytes a file may have.
    pub length: ByteLength,
}

/// A header of a part.
#[derive(Debug)]
pub struct PartHeader {
    /// Its name.
    pub wire_name: String,
    /// Whether it may be absent.
    pub presence: Presence,
    /// Whether its text is a list, with commas between the items.
    pub is_list: bool,
    /// The pointer of its schema; empty where it has none.
    pub schema: String,
}

/// A field of a form with files.
#[derive(Debug)]
pub struct UploadField {
    /// The field.
    pub name: FieldName,
    /// Its name in the form.
    pub wire_name: String,
    /// What it holds.
    pub content: UploadContent,
    /// Whether it may be absent; a file has no default.
    pub presence: FieldPresence,
    /// Its title and description.
    pub docs: Docs,
}

/// What a field of a form with files holds.
#[derive(Debug)]
pub enum UploadContent {
    /// A file.
    File,
    /// Any number of files.
    Files,
    /// A value.
    Value(ConstrainedType),
}

/// Who checks a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validation {
    /// The types and generated checks say all that the schema says.
    Static,
    /// The schema says more than types can: the validator runs as well.
    Schema,
}

/// One answer of an operation: a variant of the response enum.
///
/// A status that is documented with several kinds of content has an answer for each.
#[derive(Debug)]
pub struct Answer {
    /// The response enum's variant.
    pub variant: VariantName,
    /// Its status or statuses.
    pub status: Status,
    /// Its body.
    pub body: Option<AnswerBody>,
    /// Its headers; none for a status without documented ones.
    pub headers: Option<AnswerHeaders>,
    /// Its description.
    pub description: String,
}

/// The body of an answer.
#[derive(Debug)]
pub struct AnswerBody {
    /// The media types that the same value is written as; the first unless the client asks for another.
    pub media_types: Vec<String>,
    /// What it holds.
    pub content: Content,
    /// Examples, as JSON.
    pub examples: Vec<String>,
    /// The pointer of its schema.
    pub schema: Option<String>,
}

/// The documented headers of an answer: a struct of the service.
#[derive(Debug, Clone)]
pub struct AnswerHeaders {
    /// The struct; the same for all answers that share one description.
    pub name: TypeName,
    /// Its fields.
    pub fields: Vec<HeaderField>,
}

/// A documented header.
#[derive(Debug, Clone)]
pub struct HeaderField {
    /// The struct's field.
    pub name: FieldName,
    /// Its name, in lower case.
    pub wire_name: String,
    /// Its type: a scalar, an enum, or a list of these; of cookies, what they are in text.
    pub slot: ConstrainedType,
    /// Whether it may be absent.
    pub presence: Presence,
    /// Its description.
    pub docs: Docs,
    /// Examples, as JSON.
    pub examples: Vec<String>,
    /// The pointer of its schema.
    pub schema: Option<String>,
}

impl HeaderField {
    /// Whether it is `Set-Cookie`, which has a type of its own, and is there as often as there are cookies.
    pub fn is_cookies(&self) -> bool {
        self.wire_name == "set-cookie"
    }
}

/// The statuses of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// One status.
    Code(u16),
    /// `4XX`: the handler says which; the number is the first digit.
    Range(u16),
    /// `default`: the handler says which.
    Default,
}

/// As documents write it.
impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(formatter, "{code}"),
            Self::Range(first) => write!(formatter, "{first}XX"),
            Self::Default => formatter.write_str("default"),
        }
    }
}
