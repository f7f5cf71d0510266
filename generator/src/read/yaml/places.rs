//! Where values stand: the parser counts characters and is generous, spans are exact bytes.

use saphyr_parser::Span as Marked;

use super::collection::Open;
use crate::read::{FileId, Span};

/// A file's text, and where its characters are.
pub(super) struct Places<'t> {
    pub(super) file: FileId,
    text: &'t str,
    /// The byte of every 32nd character; empty where the text is ASCII.
    marks: Vec<u32>,
}

const STRIDE: usize = 32;

impl<'t> Places<'t> {
    pub(super) fn new(file: FileId, text: &'t str) -> Self {
        let marks = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().step_by(STRIDE).map(|(byte, _)| byte as u32).collect()
        };
        Self { file, text, marks }
    }

    /// The byte that a character starts at; the end of the text for all past it.
    fn byte(&self, character: usize) -> u32 {
        if self.marks.is_empty() {
            return character.min(self.text.len()) as u32;
        }
        let Some(mark) = self.marks.get(character / STRIDE) else {
            return self.text.len() as u32;
        };
        let rest = &self.text[*mark as usize..];
        let within = rest.char_indices().nth(character % STRIDE);
        mark + within.map_or(rest.len(), |(byte, _)| byte) as u32
    }

    /// The parser's span, in bytes.
    pub(super) fn span(&self, marked: Marked) -> Span {
        let start = self.byte(marked.start.index());
        let end = self.byte(marked.end.index());
        Span { file: self.file, start, end: end.max(start) }
    }

    /// One character; the end of what is written for all past it.
    pub(super) fn character(&self, character: usize) -> Span {
        let start = self.byte(character).min(self.text.trim_end().len() as u32);
        let width = self.from(start).chars().next().map_or(0, char::len_utf8);
        Span { file: self.file, start, end: start + width as u32 }
    }

    /// The text before a byte.
    fn before(&self, byte: u32) -> &'t str {
        &self.text[..byte as usize]
    }

    /// The text from a byte on.
    pub(super) fn from(&self, byte: u32) -> &'t str {
        &self.text[byte as usize..]
    }

    /// A span without the space at its end.
    pub(super) fn trimmed(&self, span: Span) -> Span {
        let written = &self.text[span.start as usize..span.end as usize];
        Span { end: span.start + written.trim_end().len() as u32, ..span }
    }

    /// A quoted scalar up to its closing quote; the parser goes on to the end of the line.
    pub(super) fn quoted(&self, span: Span) -> Span {
        let written = &self.text.as_bytes()[span.start as usize..span.end as usize];
        let quote = written.first();
        let mut at = 1;
        while at < written.len() {
            let is_escape = quote == Some(&b'"') && written[at] == b'\\';
            let is_doubled = written[at] == b'\'' && written.get(at + 1) == quote;
            if is_escape || is_doubled {
                at += 1;
            } else if quote == Some(&written[at]) {
                return Span { end: span.start + at as u32 + 1, ..span };
            }
            at += 1;
        }
        span
    }

    /// The text of a block scalar; the parser starts at its `|` only where it has properties.
    pub(super) fn block(&self, marked: Span, start: u32, is_bare: bool) -> Span {
        let span = self.trimmed(Span { start, ..marked });
        if is_bare {
            return span;
        }
        let written = &self.text[span.start as usize..span.end as usize];
        match written.find('\n').map(|header| written[header..].trim_start().len() as u32) {
            Some(content) => Span { start: span.end - content, ..span },
            None => span,
        }
    }

    /// Where a value is that is not written: after its properties, its colon, or its dash.
    pub(super) fn nothing(&self, marked: Span, open: Option<&Open>) -> Span {
        let written = self.from(marked.start);
        let at = match open {
            _ if written.starts_with(['&', '!']) && marked.end > marked.start => marked.end,
            Some(open) if open.awaits_key() => marked.start,
            Some(open) if open.is_list() => self.dash(marked.start).map_or(open.end, |at| at + 1),
            Some(_) if written.starts_with(':') => marked.start + 1,
            Some(open) => open.end,
            None => marked.start,
        };
        Span { start: at, end: at, ..marked }
    }

    /// The dash of a list's item; the parser starts the item after it, and after a comment there.
    pub(super) fn dash(&self, item: u32) -> Option<u32> {
        let line = self.before(item).rfind('\n').map_or(0, |at| at + 1);
        let prefix = &self.text[line..item as usize];
        let is_dash = |(at, _): &(usize, &str)| {
            let rest = prefix[at + 1..].trim_start();
            rest.is_empty() || rest.starts_with('#')
        };
        let at = prefix.match_indices('-').find(is_dash)?.0;
        Some((line + at) as u32)
    }

    /// Where a value starts after its anchor and tag.
    pub(super) fn skip_properties(&self, marked: Span) -> u32 {
        let mut rest = self.from(marked.start);
        while rest.starts_with(['&', '!']) {
            let is_end = |c: char| c.is_whitespace() || ",[]{}".contains(c);
            let end = match rest.starts_with("!<") {
                true => rest.find('>').map(|at| at + 1),
                false => rest.find(is_end),
            };
            rest = rest[end.unwrap_or(rest.len())..].trim_start();
            while rest.starts_with('#') {
                rest = rest.find('\n').map_or("", |end| rest[end..].trim_start());
            }
        }
        ((self.text.len() - rest.len()) as u32).min(marked.end)
    }
}
