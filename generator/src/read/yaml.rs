//! YAML 1.2 with the core schema and merge keys, with the place of every value.

mod collection;
mod places;
mod scalar;
mod syntax;

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span as Marked, StrInput, Tag};

use self::collection::{Item, Open};
use self::places::Places;
use super::sources::{MAX_DEPTH, TOO_LARGE, count_value, empty, too_deep};
use super::{FileId, Node, Span, Value};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// How much aliases may add to a document: values, and one more for every 32 bytes of text.
const MAX_EXPANSION: usize = 1_000_000;

/// Reads a YAML text.
pub(super) fn parse(file: FileId, text: &str, values: &mut usize, diagnostics: &mut Diagnostics) -> Option<Node> {
    let places = Places::new(file, text);
    let mut builder = Builder::new(places, values, diagnostics);
    match builder.run(Parser::new_from_str(text)) {
        Ok(root) => Some(root),
        Err(diagnostic) => {
            builder.diagnostics.push(*diagnostic);
            None
        }
    }
}

/// An error that ends the reading; the others go to the diagnostics at once.
type Result<T> = std::result::Result<T, Box<Diagnostic>>;

/// What a node may have before its value.
struct Properties<'e> {
    /// The number of its anchor; 0 for none.
    anchor: usize,
    tag: Option<&'e Tag>,
}

impl Properties<'_> {
    fn is_empty(&self) -> bool {
        self.anchor == 0 && self.tag.is_none()
    }
}

struct Builder<'t> {
    places: Places<'t>,
    /// How many values may still be read.
    values: &'t mut usize,
    diagnostics: &'t mut Diagnostics,
    /// The collections that are not at their end yet, outermost first.
    open: Vec<Open>,
    /// What has an anchor; `None` where that is too much to repeat.
    anchors: HashMap<usize, Option<Item>>,
    /// The weight of what is kept for aliases, and of what aliases repeated.
    kept: usize,
    repeated: usize,
    root: Option<Node>,
}

impl<'t> Builder<'t> {
    fn new(places: Places<'t>, values: &'t mut usize, diagnostics: &'t mut Diagnostics) -> Self {
        let (open, anchors) = (Vec::new(), HashMap::new());
        Self { places, values, diagnostics, open, anchors, kept: 0, repeated: 0, root: None }
    }

    fn run(&mut self, events: Parser<'_, StrInput<'_>>) -> Result<Node> {
        for event in events {
            let (event, marked) = event.map_err(|error| {
                let place = self.places.character(error.marker().index());
                Box::new(syntax::diagnostic(error.info(), place))
            })?;
            if self.root.is_some() && matches!(event, Event::DocumentStart(_)) {
                self.refuse_document(self.places.span(marked));
                break;
            }
            self.event(event, marked)?;
        }
        let is_written = |root: &Node| root.value != Value::Null || root.span.start < root.span.end;
        self.root.take().filter(is_written).ok_or_else(|| Box::new(empty(self.places.file)))
    }

    fn refuse_document(&mut self, span: Span) {
        let message = "a second document starts here; one file holds one document";
        let help = "move it to a file of its own, or remove this line";
        self.diagnostics.push(Diagnostic::error("several-documents", span, message).help(help));
    }

    fn event(&mut self, event: Event<'_>, marked: Marked) -> Result<()> {
        let span = self.places.span(marked);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let properties = Properties { anchor, tag: tag.as_deref() };
                self.scalar(&text, style, &properties, span)?;
            }
            Event::SequenceStart(anchor, tag) => {
                let properties = Properties { anchor, tag: tag.as_deref() };
                self.open(Open::list(), "seq", &properties, span)?;
            }
            Event::MappingStart(anchor, tag) => {
                let properties = Properties { anchor, tag: tag.as_deref() };
                self.open(Open::map(), "map", &properties, span)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => self.alias(anchor, span)?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn open(&mut self, mut open: Open, name: &str, properties: &Properties<'_>, span: Span) -> Result<()> {
        self.check_tag(properties.tag, &[name], span);
        let in_map = self.open.last().is_some_and(|outer| !outer.is_list());
        open.start = match properties.is_empty() {
            false => self.places.skip_properties(span),
            // A list may start in the column of its key, and then the parser leaves its dash out.
            true if in_map && open.is_list() => self.places.dash(span.start).unwrap_or(span.start),
            true => span.start,
        };
        if self.open.len() == MAX_DEPTH {
            return Err(Box::new(too_deep(Span { start: open.start, ..span })));
        }
        count_value(self.values, span)?;
        // The event of a block collection ends where the collection starts.
        let bracket = if open.is_list() { '[' } else { '{' };
        open.is_flow = span.end > open.start && self.places.from(open.start).starts_with(bracket);
        open.end = open.start;
        open.anchor = properties.anchor;
        self.open.push(open);
        Ok(())
    }

    fn close(&mut self, end: Span) {
        if let Some(open) = self.open.pop() {
            let anchor = open.anchor;
            self.finish(open.into_item(end), anchor);
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, properties: &Properties<'_>, marked: Span) -> Result<()> {
        let start = match properties.is_empty() {
            true => marked.start,
            false => self.places.skip_properties(marked),
        };
        let is_plain = style == ScalarStyle::Plain;
        let span = match style {
            ScalarStyle::Plain if text.is_empty() => self.places.nothing(marked, self.open.last()),
            ScalarStyle::Plain => self.places.trimmed(Span { start, ..marked }),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => self.places.quoted(Span { start, ..marked }),
            ScalarStyle::Literal | ScalarStyle::Folded => self.places.block(marked, start, properties.is_empty()),
        };
        // A key is a string, whatever it looks like.
        let is_key = self.open.last().is_some_and(Open::awaits_key);
        let value = if is_key {
            self.check_tag(properties.tag, &scalar::TAGS, span);
            Value::String(text.to_owned())
        } else {
            count_value(self.values, span)?;
            scalar::value(text, is_plain, properties.tag, span, self.diagnostics)
        };
        let item = Item {
            node: Node { value, span },
            key: (is_key || properties.anchor > 0).then(|| text.to_owned()),
            is_merge: is_key && is_plain && text == "<<",
            weight: 1 + text.len() / 32,
            height: 0,
        };
        self.finish(item, properties.anchor);
        Ok(())
    }

    /// Warns of the tag of a collection or key, unless it says what is so anyway.
    fn check_tag(&mut self, tag: Option<&Tag>, natural: &[&str], span: Span) {
        let Some(tag) = tag else { return };
        let name = scalar::core_name(tag);
        let is_natural = name.is_some_and(|name| natural.contains(&name.as_str()));
        if !is_natural && !scalar::is_non_specific(tag) {
            self.diagnostics.push(scalar::unknown_tag(tag, span));
        }
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<()> {
        let Some(known) = self.anchors.get(&anchor) else {
            let message = "this alias stands inside the value that it names";
            let help = "YAML cannot hold itself: use a `$ref`, or spell the value out";
            self.diagnostics.push(Diagnostic::error("alias-cycle", span, message).help(help));
            self.finish(Item::null(span), 0);
            return Ok(());
        };
        let weight = known.as_ref().map_or(usize::MAX, |item| item.weight);
        self.repeated = self.repeated.saturating_add(weight);
        let Some(item) = known.as_ref().filter(|_| self.repeated <= MAX_EXPANSION) else {
            let message = format!("aliases repeat more than {MAX_EXPANSION} values up to here");
            let help = "use `$ref`s instead of aliases";
            return Err(Box::new(Diagnostic::error(TOO_LARGE, span, message).help(help)));
        };
        if self.open.len() + item.height > MAX_DEPTH {
            return Err(Box::new(too_deep(span)));
        }
        let mut item = item.clone();
        item.node.span = span;
        item.is_merge = false;
        self.finish(item, 0);
        Ok(())
    }

    /// Puts a value where it belongs: into the collection that is open, or as the document.
    fn finish(&mut self, item: Item, anchor: usize) {
        if anchor > 0 {
            self.kept = self.kept.saturating_add(item.weight);
            let kept = (self.kept <= MAX_EXPANSION).then(|| item.clone());
            self.anchors.insert(anchor, kept);
        }
        match self.open.last_mut() {
            Some(open) => open.take(item, self.diagnostics),
            None => self.root = Some(item.node),
        }
    }
}
