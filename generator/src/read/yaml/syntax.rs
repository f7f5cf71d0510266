//! The parser's reasons, in the words of someone who writes documents.

use crate::diagnostic::Diagnostic;
use crate::read::{
    Span,
    sources::{TOO_DEEP, too_deep},
};

/// The diagnostic of what the parser could not read.
pub(super) fn diagnostic(reason: &str, span: Span) -> Diagnostic {
    if let Some(character) = reason.strip_prefix("unexpected character: ") {
        let character = character.trim_matches(['`', '\'']);
        let message = format!("this is not YAML: a value cannot start with `{character}`");
        return Diagnostic::error("syntax", span, message).help(QUOTE);
    }
    let (words, help) = match REASONS.iter().find(|(part, _, _)| reason.contains(part)) {
        Some((_, TOO_DEEP, _)) => return too_deep(span),
        Some((_, words, help)) => (*words, *help),
        None => (reason, "check the indentation, brackets and quotes here and on the line before"),
    };
    Diagnostic::error("syntax", span, format!("this is not YAML: {words}")).help(help)
}

const COLUMN: &str = "what belongs together starts in the same column";
const QUOTE: &str = "if this is meant as text, put it in quotes";
const CLOSE: &str = "separate values with `,` and close every bracket";
const SPACES: &str = "indent with spaces";
const HEADER: &str = "write `|` or `>` at the end of a line, and the text indented below";

/// What a reason contains, what it means, and what to do about it; the first that fits counts.
const REASONS: [(&str, &str, &str); 33] = [
    ("recursion limit exceeded", TOO_DEEP, ""),
    (
        "mapping values are not allowed",
        "a `:` cannot stand here",
        "put a text that has `: ` in it in quotes, and start the keys of a mapping in the same column",
    ),
    ("illegal placement of ':'", "a `:` cannot stand here", "is a comma or a closing bracket missing before it?"),
    ("mapping keys are not allowed", "a key cannot stand here", COLUMN),
    ("sequence entries are not allowed", "an item cannot stand here", "start the list on a line of its own"),
    ("simple key expect ':'", "a `:` was expected after the key before this", "write `key: value`"),
    ("simple key expected", "a key and a `:` were expected before this", "write `key: value`"),
    ("did not find expected key", "a key was expected here", COLUMN),
    ("expected '-' indicator", "an item that starts with `-` was expected here", COLUMN),
    ("expected ',' or '}'", "`,` or `}` was expected here", CLOSE),
    ("expected ',' or ']'", "`,` or `]` was expected here", CLOSE),
    ("misplaced bracket", "this bracket closes nothing", "remove it, or open it before"),
    ("only valid inside a block", "this cannot stand between brackets", CLOSE),
    ("followed by ,[]{}", "a `-` alone is no value between brackets", QUOTE),
    ("'-' must be followed", "a space was expected after `-`", SPACES),
    ("':' must be followed", "a space was expected after `:`", SPACES),
    ("unexpected end of stream", "this quote is never closed", "close it with the same kind of quote"),
    ("unexpected document indicator", "the text of this quote is cut by `---` or `...`", "indent that line"),
    ("unknown escape character", "there is no such escape", "write a backslash as `\\\\`, or use single quotes"),
    ("hexadecimal number", "this escape needs more hexadecimal digits", "write `\\x41` or `\\u0041`"),
    ("invalid Unicode character", "this escape names no character", "write a character past U+FFFF as `\\U0001F600`"),
    (
        "after double-quoted scalar",
        "there is text after the closing quote",
        "put the whole value in one pair of quotes",
    ),
    ("unknown anchor", "this alias names no anchor that stands before it", "define it first, as in `key: &name value`"),
    ("tab cannot start", "a tab cannot indent this text", SPACES),
    (" tab", "a tab cannot stand here", SPACES),
    ("tabs disallowed", "a tab cannot indent a line", SPACES),
    ("block scalar, did not find", "there is text after `|` or `>`", HEADER),
    ("block scalar", "the indentation of this text is wrong", "indent every line of it alike"),
    ("indentation", "the indentation is wrong here", COLUMN),
    ("node content", "a value was expected here", CLOSE),
    ("end of plain scalar", "a value was expected here", CLOSE),
    ("expected <document start>", "there is text after the end of the value", COLUMN),
    ("comment intercepting", "this comment cuts the text that goes on below", "put the text in quotes"),
];
