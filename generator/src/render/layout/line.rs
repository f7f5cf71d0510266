//! Tokens on one line, with the spaces that rustfmt would put between them.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

use super::INDENT;

/// What stands before a token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Before {
    /// Nothing: the start of a call or of a group.
    #[default]
    Start,
    /// A name, a number, a text, or the end of a group.
    Operand,
    /// A word after which an operand begins: `in`, `match`.
    Keyword,
    /// An operator that the next token follows without a space: `&`, `.`, `::`.
    Tight,
    /// Something that a space follows: a comma, `=>`.
    Loose,
}

/// The operators of several characters.
const OPERATORS: [&str; 10] = ["::", "=>", "->", "&&", "||", "==", "!=", "<=", ">=", ".."];

/// Tokens on one line.
#[derive(Debug, Default)]
pub(super) struct Line {
    text: String,
    before: Before,
    /// An operator of several characters, as far as it was read.
    operator: String,
    /// Whether the parameters of a closure are being read.
    in_closure: bool,
}

impl Line {
    pub(super) fn token(&mut self, token: &TokenTree) {
        if !matches!(token, TokenTree::Punct(_)) {
            self.finish_operator();
        }
        match token {
            TokenTree::Ident(ident) => {
                let word = ident.to_string();
                let is_keyword = matches!(word.as_str(), "in" | "for" | "if" | "else" | "match" | "with");
                self.word(&word);
                self.before = if is_keyword { Before::Keyword } else { Before::Operand };
            }
            TokenTree::Literal(literal) => self.word(&literal.to_string()),
            TokenTree::Group(group) => self.group(group),
            TokenTree::Punct(punct) => {
                let is_longer = |operator: &str| OPERATORS.contains(&format!("{operator}{}", punct.as_char()).as_str());
                if !self.operator.is_empty() && !is_longer(&self.operator) {
                    self.finish_operator();
                }
                self.operator.push(punct.as_char());
                if punct.spacing() == Spacing::Alone || punct.as_char() == '\'' {
                    self.finish_operator();
                }
            }
        }
    }

    pub(super) fn finish_operator(&mut self) {
        let operator = std::mem::take(&mut self.operator);
        if !operator.is_empty() {
            self.operator(&operator);
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.finish_operator();
        self.text
    }

    /// An operand.
    pub(super) fn word(&mut self, text: &str) {
        if matches!(self.before, Before::Operand | Before::Keyword | Before::Loose) {
            self.text.push(' ');
        }
        self.text.push_str(text);
        self.before = Before::Operand;
    }

    /// The arguments of a call.
    pub(super) fn call(&mut self, text: &str) {
        self.finish_operator();
        self.text.push_str(text);
        self.before = Before::Operand;
    }

    fn group(&mut self, group: &Group) {
        let mut inner = inline(group.stream());
        if group.delimiter() == Delimiter::Bracket && inner.ends_with(',') {
            inner.pop();
        }
        let is_call = self.before == Before::Operand;
        match group.delimiter() {
            Delimiter::Brace if inner.is_empty() => self.word("{}"),
            Delimiter::Brace => self.word(&format!("{{ {inner} }}")),
            // A call, an index, or the arguments of a macro follow without a space.
            Delimiter::Parenthesis if is_call => self.text.push_str(&format!("({inner})")),
            Delimiter::Bracket if is_call => self.text.push_str(&format!("[{inner}]")),
            Delimiter::Parenthesis => self.word(&format!("({inner})")),
            Delimiter::Bracket => self.word(&format!("[{inner}]")),
            Delimiter::None => self.word(&inner),
        }
        self.before = Before::Operand;
    }

    fn operator(&mut self, operator: &str) {
        let is_prefix = self.before != Before::Operand;
        match operator {
            "," | ";" => self.push(operator, Before::Loose),
            ":" => self.push(operator, Before::Loose),
            "::" | "." | "<" | "!" if !is_prefix => self.push(operator, Before::Tight),
            ">" | "?" => self.push(operator, Before::Operand),
            "|" if self.in_closure => {
                self.in_closure = false;
                self.push(operator, Before::Loose);
            }
            "|" if is_prefix => {
                self.in_closure = true;
                self.prefix(operator);
            }
            "||" if is_prefix => {
                self.prefix(operator);
                self.before = Before::Loose;
            }
            _ if is_prefix => self.prefix(operator),
            _ => {
                self.text.push(' ');
                self.push(operator, Before::Loose);
            }
        }
    }

    fn push(&mut self, operator: &str, before: Before) {
        self.text.push_str(operator);
        self.before = before;
    }

    /// An operator that belongs to what follows: `&value`, `-1`, `'a`.
    fn prefix(&mut self, operator: &str) {
        if matches!(self.before, Before::Loose | Before::Keyword) {
            self.text.push(' ');
        }
        self.push(operator, Before::Tight);
    }
}

pub(super) fn inline(tokens: TokenStream) -> String {
    let mut line = Line::default();
    tokens.into_iter().for_each(|token| line.token(&token));
    line.finish()
}

/// Lines between the two marks of a group that stands at a depth.
pub(super) fn block(lines: &[String], depth: usize) -> String {
    let indent = INDENT.repeat(depth + 1);
    let lines: String = lines.iter().map(|line| format!("{indent}{line}\n")).collect();
    format!("\n{lines}{}", INDENT.repeat(depth))
}

pub(super) fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')
}
