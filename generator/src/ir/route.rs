//! Routes: where requests of an operation go.

/// Method and path of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// As it is sent: `GET`.
    pub method: String,
    /// The template as the document has it: `/pets/{id}`.
    pub path: String,
    /// The template's segments.
    pub segments: Vec<Segment>,
    /// What the template asks for beside the path: `/search?type=user`.
    pub conditions: Vec<Condition>,
    /// What follows a `#` in the template.
    pub fragment: Option<Fragment>,
}

/// One segment of a path template: a text, a parameter, or some of both. Two parameters have text between
/// them, or the second has a start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Segment {
    /// What it is made of, in order; nothing in an empty segment.
    pub pieces: Vec<Piece>,
}

/// A part of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that is the same in every request, percent-decoded and never empty.
    Text(String),
    /// A parameter.
    Parameter(String),
    /// Text that the value of the parameter behind it begins with, percent-decoded and never empty: it says where that
    /// begins when another parameter stands right before it.
    Start(String),
    /// A parameter that takes several segments; it stands alone in its segment, and at most once in a path.
    Segments {
        /// The parameter.
        name: String,
        /// Whether there may be no segment at all.
        may_be_empty: bool,
    },
}

impl Segment {
    /// Adds text at its end.
    pub fn append(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Text(last)) => last.push_str(text),
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }
}

/// Something beside the path that a request must have to be meant for an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// A parameter of the query string, with this value if one is said.
    Query(String, Option<String>),
    /// A header with this value.
    Header(String, String),
}

/// The fragment of a path template. Clients do not send it (RFC 9110 §7.1), so the path without it
/// leads to the operation as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// Its text.
    pub text: String,
    /// What tells requests for the path without it apart: required parameters that have one value.
    pub conditions: Vec<Condition>,
}
