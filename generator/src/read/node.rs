//! The document as it was written: every value knows its place.

use indexmap::IndexMap;

use super::Pointer;
use crate::source::Span;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it stands.
    pub span: Span,
}

/// What YAML (core schema) and JSON have in common.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`, `~`, or nothing at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as text in JSON's grammar, so that no digit is lost.
    Number(Number),
    /// A string.
    String(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order of the document.
    Map(Map),
}

/// A mapping, in the order of the document.
pub type Map = IndexMap<String, Member>;

/// The value of a mapping's key, and where the key stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Where the key stands.
    pub key: Span,
    /// The value.
    pub node: Node,
}

/// A number's text, in JSON's grammar.
#[derive(Debug, Clone)]
pub struct Number {
    json: String,
    /// How the document writes it, where that is not JSON: `012`.
    written: Option<Box<str>>,
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.json == other.json
    }
}

impl Number {
    /// Takes text that is already in JSON's number grammar.
    pub(crate) fn from_json(text: impl Into<String>) -> Self {
        Self { json: text.into(), written: None }
    }

    /// A number, and how the document writes it.
    pub(crate) fn written_as(self, written: &str) -> Self {
        let is_other = written != self.json;
        Self { written: is_other.then(|| written.into()), ..self }
    }

    /// The number in JSON, without loss of digits.
    pub fn as_str(&self) -> &str {
        &self.json
    }

    /// The number as the document writes it: what it is where a text should be.
    pub fn written(&self) -> &str {
        self.written.as_deref().unwrap_or(&self.json)
    }

    /// The value as an integer, where it is one: `3`, `3.0` and `3e0` all are.
    pub fn as_integer(&self) -> Option<i128> {
        if let Ok(integer) = self.json.parse() {
            return Some(integer);
        }
        let float = self.as_f64();
        // 2^53: past it a float no longer names one integer.
        (float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0).then_some(float as i128)
    }

    /// The value without its fraction; the nearest that 128 bits hold.
    pub(crate) fn rounded(&self) -> i128 {
        self.as_integer().unwrap_or_else(|| self.as_f64() as i128)
    }

    /// Whether a double can hold it: validators and programs hold no more.
    pub(crate) fn is_in_range(&self) -> bool {
        self.as_f64().is_finite()
    }

    /// The nearest double.
    pub fn as_f64(&self) -> f64 {
        self.json.parse().unwrap_or(f64::NAN)
    }
}

impl Node {
    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The members, if this is a mapping.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The items, if this is a sequence.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The number, if this is one.
    pub fn as_number(&self) -> Option<&Number> {
        match &self.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The truth value, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The value of `key`, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.get(key).map(|member| &member.node)
    }

    /// The value at `pointer` (RFC 6901), from here.
    pub fn at(&self, pointer: &Pointer) -> Option<&Node> {
        pointer.segments().try_fold(self, |node, segment| match &node.value {
            Value::Map(map) => map.get(segment.as_ref()).map(|member| &member.node),
            Value::List(items) => items.get(segment.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// The value at a pointer, to change it.
    pub(crate) fn at_mut(&mut self, pointer: &Pointer) -> Option<&mut Node> {
        pointer.segments().try_fold(self, |node, segment| match &mut node.value {
            Value::Map(map) => map.get_mut(segment.as_ref()).map(|member| &mut member.node),
            Value::List(items) => items.get_mut(segment.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// What kind of value this is, in words for a message.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::List(_) => "a list",
            Value::Map(_) => "an object",
        }
    }
}
