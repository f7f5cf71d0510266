//! YAML 1.2 (core schema), with the place of every value.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span as Marked, Tag};

use super::json::{DEPTH, insert};
use super::{FileId, Map, Member, Node, Number, Span, Value};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// How many values a document may come to once its aliases are put in place.
const NODES: usize = 2_000_000;

/// Reads a YAML text of one document.
pub(super) fn parse(file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
    let mut builder = Builder {
        file,
        offsets: Offsets::new(text),
        diagnostics,
        open: Vec::new(),
        anchors: HashMap::new(),
        nodes: 0,
        root: None,
        documents: 0,
    };
    for event in Parser::new_from_str(text) {
        let step = match event {
            Ok((event, place)) => builder.event(event, place),
            Err(error) => {
                let at = builder.offsets.byte(error.marker().index());
                let span = Span { file, start: at, end: at.saturating_add(1).min(text.len() as u32) };
                let message = format!("this is not YAML: {}", error.info());
                Err(Diagnostic::error("syntax", span, message).help("check the indentation and the quotes before this place"))
            }
        };
        if let Err(diagnostic) = step {
            diagnostics.push(diagnostic);
            return None;
        }
    }
    builder.root
}

/// A collection that is being read.
enum Open {
    List { items: Vec<Node>, start: u32, anchor: usize },
    Map { map: Map, merges: Vec<Node>, key: Option<(String, Span)>, start: u32, anchor: usize },
}

struct Builder<'t> {
    file: FileId,
    offsets: Offsets<'t>,
    diagnostics: &'t mut Diagnostics,
    open: Vec<Open>,
    /// Values with an anchor, and how many values each is.
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    root: Option<Node>,
    documents: usize,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, place: Marked) -> Result<(), Diagnostic> {
        let span = self.span(place);
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    let message = "a second YAML document starts here; one file holds one document";
                    return Err(Diagnostic::error("several-documents", span, message).help("remove what follows `---`"));
                }
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                let value = self.scalar(&text, style, tag.as_deref(), span)?;
                self.finish(Node { value, span }, anchor, 1, Some(&text))
            }
            Event::SequenceStart(anchor, _) => {
                self.open(Open::List { items: Vec::new(), start: span.start, anchor }, span)
            }
            Event::MappingStart(anchor, _) => {
                self.open(Open::Map { map: Map::new(), merges: Vec::new(), key: None, start: span.start, anchor }, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => {
                let Some((node, size)) = self.anchors.get(&anchor).cloned() else {
                    let message = "this alias stands inside the value that it names";
                    return Err(Diagnostic::error("alias-cycle", span, message).help("spell the value out"));
                };
                let text = node.as_str().map(str::to_owned);
                self.finish(node, 0, size, text.as_deref())
            }
        }
    }

    fn open(&mut self, open: Open, span: Span) -> Result<(), Diagnostic> {
        if self.open.len() == DEPTH {
            return Err(Diagnostic::error("too-deep", span, "values are nested more than 128 deep"));
        }
        if let Some(Open::Map { key: None, .. }) = self.open.last() {
            let message = "a key should be a plain value, found a list or an object";
            return Err(Diagnostic::error("wrong-key", span, message));
        }
        self.open.push(open);
        Ok(())
    }

    fn close(&mut self, end: Span) -> Result<(), Diagnostic> {
        let (value, start, anchor) = match self.open.pop() {
            Some(Open::List { items, start, anchor }) => (Value::List(items), start, anchor),
            Some(Open::Map { mut map, merges, start, anchor, .. }) => {
                merges.into_iter().for_each(|merged| merge(&mut map, merged));
                (Value::Map(map), start, anchor)
            }
            None => return Ok(()),
        };
        // A block collection ends where the next thing starts; it is shown up to its last value.
        let last = match &value {
            Value::List(items) => items.last().map(|node| node.span.end),
            Value::Map(map) => map.last().map(|(_, member)| member.node.span.end.max(member.key.end)),
            _ => None,
        };
        let end = if end.end > end.start { end.end } else { last.unwrap_or(end.end) };
        let span = Span { file: self.file, start, end: end.max(start) };
        self.finish(Node { value, span }, anchor, 1, None)
    }

    /// Puts a value where it belongs: a key, a member, an item, or the document.
    fn finish(&mut self, node: Node, anchor: usize, size: usize, text: Option<&str>) -> Result<(), Diagnostic> {
        self.nodes += size;
        if self.nodes > NODES {
            let message = format!("with its aliases put in place, the document has more than {NODES} values");
            return Err(Diagnostic::error("too-large", node.span, message).help("use `$ref`s instead of aliases"));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), count(&node)));
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { map, merges, key, .. }) => match key.take() {
                None => {
                    let Some(text) = text else {
                        return Err(Diagnostic::error("wrong-key", node.span, "a key should be a plain value"));
                    };
                    *key = Some((text.to_owned(), node.span));
                }
                Some((name, place)) if name == "<<" => add_merge(merges, node, place)?,
                Some((name, place)) => insert(map, name, Member { key: place, node }, self.diagnostics),
            },
        }
        Ok(())
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> Result<Value, Diagnostic> {
        let core = tag.filter(|tag| tag.is_yaml_core_schema()).map(|tag| tag.suffix.as_str());
        match (core, style) {
            (Some("str"), _) => Ok(Value::String(text.to_owned())),
            (Some(_), _) | (None, ScalarStyle::Plain) if core.is_some() || tag.is_none() => plain(text, span),
            (None, ScalarStyle::Plain) => {
                let message = "this tag means nothing here; the value is taken as text";
                self.diagnostics.push(Diagnostic::warning("unknown-tag", span, message));
                Ok(Value::String(text.to_owned()))
            }
            _ => Ok(Value::String(text.to_owned())),
        }
    }

    fn span(&mut self, place: Marked) -> Span {
        let start = self.offsets.byte(place.start.index());
        let end = self.offsets.byte(place.end.index());
        Span { file: self.file, start, end: end.max(start) }
    }
}

/// A plain scalar by the core schema (YAML 1.2.2 §10.3.2).
fn plain(text: &str, span: Span) -> Result<Value, Diagnostic> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "-.inf" | "-.Inf" | "-.INF" | ".nan" | ".NaN" | ".NAN" => {
            let message = "JSON has neither infinity nor NaN, so no document can";
            return Err(Diagnostic::error("not-a-number", span, message));
        }
        _ => match number(text) {
            Some(number) => Value::Number(Number::from_json(number)),
            None => Value::String(text.to_owned()),
        },
    })
}

/// The text in JSON's grammar, where it is a number of the core schema.
fn number(text: &str) -> Option<Cow<'_, str>> {
    if let Some(digits) = text.strip_prefix("0x") {
        return Some(u128::from_str_radix(unsigned(digits)?, 16).ok()?.to_string().into());
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return Some(u128::from_str_radix(unsigned(digits)?, 8).ok()?.to_string().into());
    }
    let (sign, rest) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (rest, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fraction_digits = fraction.unwrap_or_default();
    if (whole.is_empty() && fraction_digits.is_empty()) || !digits(whole) || !digits(fraction_digits) {
        return None;
    }
    let exponent = match exponent {
        None => String::new(),
        Some(exponent) => {
            let bare = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if bare.is_empty() || !digits(bare) {
                return None;
            }
            format!("e{exponent}")
        }
    };
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        trimmed => trimmed,
    };
    let fraction = if fraction_digits.is_empty() { String::new() } else { format!(".{fraction_digits}") };
    Some(format!("{sign}{whole}{fraction}{exponent}").into())
}

fn unsigned(digits: &str) -> Option<&str> {
    digits.starts_with(|first: char| first.is_ascii_hexdigit()).then_some(digits)
}

fn add_merge(merges: &mut Vec<Node>, node: Node, place: Span) -> Result<(), Diagnostic> {
    match node.value {
        Value::Map(_) => merges.push(node),
        Value::List(items) if items.iter().all(|item| item.as_map().is_some()) => merges.extend(items),
        _ => {
            let message = "`<<` should name an object or a list of objects";
            return Err(Diagnostic::error("wrong-merge", place, message));
        }
    }
    Ok(())
}

/// What is written out wins over what is merged in.
fn merge(map: &mut Map, merged: Node) {
    if let Value::Map(members) = merged.value {
        for (name, member) in members {
            map.entry(name).or_insert(member);
        }
    }
}

fn count(node: &Node) -> usize {
    1 + match &node.value {
        Value::List(items) => items.iter().map(count).sum::<usize>(),
        Value::Map(map) => map.values().map(|member| count(&member.node)).sum(),
        _ => 0,
    }
}

/// Bytes for the parser's characters: it mostly asks forward, and then costs one pass in all.
struct Offsets<'t> {
    text: &'t str,
    /// The byte of every 64th character; empty where the text is ASCII.
    marks: Vec<u32>,
}

const STRIDE: usize = 64;

impl<'t> Offsets<'t> {
    fn new(text: &'t str) -> Self {
        let marks = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().step_by(STRIDE).map(|(byte, _)| byte as u32).collect()
        };
        Self { text, marks }
    }

    fn byte(&self, character: usize) -> u32 {
        if self.marks.is_empty() {
            return character.min(self.text.len()) as u32;
        }
        let Some(mark) = self.marks.get(character / STRIDE) else { return self.text.len() as u32 };
        let rest = &self.text[*mark as usize..];
        let within = rest.char_indices().nth(character % STRIDE).map_or(rest.len(), |(byte, _)| byte);
        mark + within as u32
    }
}
