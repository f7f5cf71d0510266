//! Documentation of what is generated: the document's words, without what only repeats a name.

use std::fmt;

use crate::ir::{Constant, Docs, EnumValues, EnumVariant, FieldName};

/// How long a line of text is.
const TEXT_WIDTH: usize = 92;

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
            let is_code = fence.is_some();
            let line = tame(line.trim_end(), &mut fence);
            match is_code || fence.is_some() {
                true => self.0.push(line),
                false => self.0.extend(wrapped(&line)),
            }
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

/// Breaks a line of text where it is longer than people read; what is no plain text stays as it is.
fn wrapped(line: &str) -> Vec<String> {
    let inner = line.trim_start();
    let is_text = !inner.starts_with(['#', '|', '<', '>']) && !line.contains('|') && !inner.contains("]: ");
    if line.chars().count() <= TEXT_WIDTH || !is_text {
        return vec![line.to_owned()];
    }
    let indent = " ".repeat(line.len() - inner.len() + marker(inner));
    let mut lines: Vec<String> = Vec::new();
    let mut current = line[..line.len() - inner.len()].to_owned();
    for (index, word) in inner.split(' ').enumerate() {
        let fits = current.chars().count() + 1 + word.chars().count() <= TEXT_WIDTH;
        // No word may begin a line that would mean something else there.
        if index > 0 && !fits && !current.trim().is_empty() && may_begin(word) {
            lines.push(std::mem::replace(&mut current, format!("{indent}{word}")));
        } else {
            current.push_str(if index == 0 { "" } else { " " });
            current.push_str(word);
        }
    }
    lines.push(current);
    lines
}

/// How long the marker of a list item is, with the space after it.
fn marker(line: &str) -> usize {
    let word = line.split(' ').next().unwrap_or_default();
    let is_number =
        word.strip_suffix(['.', ')']).is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    if matches!(word, "-" | "*" | "+") || (is_number && word.len() > 1) { word.len() + 1 } else { 0 }
}

/// Whether a line may begin with a word, and still go on with the paragraph.
fn may_begin(word: &str) -> bool {
    let is_plain =
        word.starts_with(|first: char| first.is_alphanumeric() || matches!(first, '"' | '\'' | '(' | '[' | '`'));
    is_plain && marker(word) == 0 && !word.starts_with("```")
}

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

/// Title and description of something with this name, but for what only repeats the name.
pub(super) fn described(docs: &Docs, name: &str) -> DocText {
    let Docs { summary, description, deprecated } = docs;
    let says_more = |text: &&str| !letters(name).ends_with(&letters(text));
    let summary = summary.as_deref().filter(says_more);
    // Many documents say the same in both.
    let description = description.as_deref().filter(|text| summary.map(str::trim) != Some(text.trim()));
    let text = DocText::default().paragraph(summary).paragraph(description.filter(says_more));
    if *deprecated { text.paragraph(Some("Deprecated by the document.")) } else { text }
}

/// What two names are compared by.
fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// What is said of a field; the document's name for it where that is another, and nothing else is said.
pub(super) fn field_docs(docs: &Docs, wire_name: &str, name: &FieldName) -> DocText {
    let text = described(docs, name.as_str());
    let is_named = wire_name == name.as_str() || letters(wire_name) == letters(name.as_str());
    if text.is_empty() && !is_named { DocText::line(inline_code(wire_name)) } else { text }
}

/// What is said of a variant, or the value that it stands for, where its name or its discriminant is not that already.
pub(super) fn value_docs(variant: &EnumVariant, kind: &EnumValues) -> DocText {
    let (value, name) = (variant.value.to_string(), variant.name.as_str());
    let is_told = matches!(variant.value, Constant::Integer(_)) && *kind != EnumValues::Mixed;
    let text = described(&variant.docs, name);
    let plain: String = value.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).collect();
    let is_name = plain.eq_ignore_ascii_case(name) && !value.trim().is_empty();
    let shown = match &variant.value {
        // Beside numbers, and where nothing is to be seen, quotes tell what it is.
        Constant::Text(text) if *kind == EnumValues::Mixed || (text.trim().is_empty() && !text.is_empty()) => {
            inline_code(&format!("{text:?}"))
        }
        _ => inline_code(&value),
    };
    if is_told || is_name { text } else { text.paragraph(Some(&shown)) }
}

/// Text of the document between backticks, on one line.
pub(super) fn inline_code(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() || c == '`' { ' ' } else { c }).collect();
    if plain.trim().is_empty() { "(empty)".to_owned() } else { format!("`{}`", plain.trim()) }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn long_lines_are_broken_where_they_mean_the_same() {
        let words = |count: usize| vec!["word"; count].join(" ");
        let docs = DocText::default().paragraph(Some(&words(40)));
        assert!(docs.0.len() == 3 && docs.0.iter().all(|line| line.len() <= TEXT_WIDTH), "{:?}", docs.0);
        let docs = DocText::default().paragraph(Some(&format!("- {}", words(20))));
        assert!(docs.0[1].starts_with("  word"), "{:?}", docs.0);
        let odd = format!("{} - 1. # > | {}", words(18), words(3));
        assert_eq!(DocText::default().paragraph(Some(&odd)).0, [odd]);
        let odd = format!("{} - 1. # > {}", words(18), words(3));
        let docs = DocText::default().paragraph(Some(&odd));
        assert!(docs.0[1].starts_with("word"), "{:?}", docs.0);
        let code = format!("```\n{}\n```", words(40));
        assert_eq!(DocText::default().paragraph(Some(&code)).0.len(), 3);
    }

    #[test]
    fn what_repeats_the_name_is_left_out() {
        let docs = |summary: &str, description: &str| Docs {
            summary: Some(summary.to_owned()),
            description: Some(description.to_owned()),
            deprecated: false,
        };
        assert_eq!(described(&docs("Bank Account", "Where money is."), "BankAccount").0, ["Where money is."]);
        assert!(described(&docs("Pet", "Pet."), "Pet").is_empty());
        assert_eq!(described(&docs("A pet", "A pet"), "Pet").0, ["A pet"]);
    }
}
