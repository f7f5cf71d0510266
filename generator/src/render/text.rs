//! Text that is safe to print into code. A template sees nothing else of a document.

use std::fmt;

/// A Rust string literal.
#[derive(Debug, Clone)]
pub(super) struct Literal(String);

impl Literal {
    /// Quotes any text.
    pub(super) fn new(text: &str) -> Self {
        Self(format!("{text:?}"))
    }

    /// `Some("…")` or `None`.
    pub(super) fn option(text: Option<&str>) -> Self {
        Self(format!("{text:?}"))
    }
}

/// A type or an expression, put together from identifiers, numbers and literals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code(String);

impl Code {
    /// Takes code that this room has made.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Documentation: one attribute a line, printed as `///`.
#[derive(Debug, Clone, Default)]
pub(super) struct DocText(Vec<String>);

impl DocText {
    /// Starts with lines of our own.
    pub(super) fn line(text: impl Into<String>) -> Self {
        Self(vec![shown(&text.into())])
    }

    /// Whether nothing is said.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As the documentation of what it stands in: of a crate.
    pub(super) fn inner(&self) -> String {
        self.to_string().lines().map(|line| format!("{}\n", line.replacen("#[", "#![", 1))).collect()
    }

    /// Adds a paragraph of the document's Markdown.
    pub(super) fn paragraph(mut self, markdown: Option<&str>) -> Self {
        let Some(markdown) = markdown.map(str::trim).filter(|text| !text.is_empty()) else { return self };
        if !self.0.is_empty() {
            self.0.push(String::new());
        }
        let mut fence = None;
        for line in markdown.lines() {
            self.0.push(tame(line.trim_end(), &mut fence));
        }
        // A fence that the document leaves open must not swallow what follows.
        if let Some(mark) = fence {
            self.0.push(mark);
        }
        self
    }
}

/// One line without what cannot stand in a comment: rustc refuses characters that change the direction of text.
fn shown(line: &str) -> String {
    let turns = |character| matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    line.chars().filter(|character| !turns(*character) && (!character.is_control() || *character == '\t')).collect()
}

/// Keeps rustdoc from taking the document's examples for Rust to run.
fn tame(line: &str, fence: &mut Option<String>) -> String {
    let text = shown(line);
    let inner = text.trim_start();
    let mark: String = inner.chars().take_while(|character| matches!(character, '`' | '~')).collect();
    if mark.len() >= 3 && mark.chars().all(|character| mark.starts_with(character)) {
        return match fence.take() {
            Some(open) if inner.trim() == open || inner.starts_with(&open) => open,
            Some(open) => {
                *fence = Some(open);
                text
            }
            None => {
                *fence = Some(mark.clone());
                format!("{mark}text")
            }
        };
    }
    let indent = text.len() - inner.len();
    if fence.is_none() && (indent > 3 || text[..indent].contains('\t')) {
        return format!("   {inner}");
    }
    text
}

macro_rules! print_as_is {
    ($($name:ident),*) => {
        $(impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        })*
    };
}

print_as_is!(Literal, Code);

impl fmt::Display for DocText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.0 {
            // A leading space is what people write after `///`.
            let spaced = if line.is_empty() { String::new() } else { format!(" {line}") };
            writeln!(formatter, "#[doc = {spaced:?}]")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_cannot_end_early() {
        assert_eq!(Literal::new("a\"; panic!() //").to_string(), r#""a\"; panic!() //""#);
    }

    #[test]
    fn comments_cannot_turn_text_around() {
        let docs = DocText::default().paragraph(Some("a\u{202e}b\u{2066}c\u{1b}[0m"));
        assert_eq!(docs.0, ["abc[0m"]);
        assert_eq!(DocText::line("a\u{202e}\nb").0, ["ab"]);
    }

    #[test]
    fn code_blocks_are_text_and_closed() {
        let docs = DocText::default().paragraph(Some("see\n```\nlet x;\n"));
        assert_eq!(docs.0, ["see", "```text", "let x;", "```"]);
    }

    #[test]
    fn indented_code_is_no_code() {
        let docs = DocText::default().paragraph(Some("see\n\n    rm -rf"));
        assert_eq!(docs.0, ["see", "", "   rm -rf"]);
    }
}
