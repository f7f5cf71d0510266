//! Expressions that are data: on one line where they fit, and else with a line for each entry of the last group.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::line::{Line, block, inline, is_comma};
use super::{INDENT, WIDTH};

/// Prints an expression that starts `used` characters after an indentation of `depth`.
pub(super) fn print(tokens: TokenStream, depth: usize, used: usize) -> String {
    let text = inline(tokens.clone());
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_group = |token: &TokenTree| matches!(token, TokenTree::Group(group) if !group.stream().is_empty());
    let last = tokens.iter().rposition(is_group);
    let (Some(last), true) = (last, depth * INDENT.len() + used + text.len() > WIDTH) else { return text };
    let TokenTree::Group(group) = &tokens[last] else { return text };
    let before = opened(&tokens[..last], group.delimiter());
    let after = inline(tokens[last + 1..].iter().cloned().collect());
    let used = used + before.len();
    let inner = match group.delimiter() {
        Delimiter::Parenthesis => hugged(group, depth, used),
        _ => lines(group, depth),
    };
    format!("{before}{inner}{}{after}", closing(group.delimiter()))
}

/// All entries but the last on the line of the parenthesis, where they fit.
fn hugged(group: &Group, depth: usize, used: usize) -> String {
    let mut entries = entries(group.stream());
    let Some(last) = entries.pop() else { return String::new() };
    let first: String = entries.iter().map(|entry| format!("{}, ", inline(entry.clone()))).collect();
    let ends_in_group = matches!(last.clone().into_iter().last(), Some(TokenTree::Group(_)));
    match ends_in_group && depth * INDENT.len() + used + first.len() + 20 < WIDTH {
        true => format!("{first}{}", print(last, depth, used + first.len())),
        false => lines(group, depth),
    }
}

/// Each entry on a line of its own.
fn lines(group: &Group, depth: usize) -> String {
    let line = |entry: TokenStream| {
        let text = print(entry, depth + 1, 1);
        // Nothing may follow the rest of a struct.
        if text.starts_with("..") { text } else { format!("{text},") }
    };
    let lines: Vec<String> = entries(group.stream()).into_iter().map(line).collect();
    block(&lines, depth)
}

/// What stands before a group, with its opening.
fn opened(tokens: &[TokenTree], delimiter: Delimiter) -> String {
    let mut line = Line::default();
    tokens.iter().for_each(|token| line.token(token));
    line.token(&TokenTree::Group(Group::new(delimiter, TokenStream::new())));
    let text = line.finish();
    text.strip_suffix(closing(delimiter)).unwrap_or(&text).to_owned()
}

fn closing(delimiter: Delimiter) -> &'static str {
    match delimiter {
        Delimiter::Parenthesis => ")",
        Delimiter::Brace => "}",
        Delimiter::Bracket => "]",
        Delimiter::None => "",
    }
}

/// What stands between commas.
fn entries(tokens: TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let split = tokens.split(is_comma).filter(|entry| !entry.is_empty());
    split.map(|entry| entry.iter().cloned().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> String {
        print(text.parse().expect("it is tokens"), 0, 0)
    }

    #[test]
    fn what_fits_stands_on_one_line() {
        assert_eq!(
            printed("Route{a:&[B::new(\"/\",&[(\"GET\",0)])],..Route::EMPTY}"),
            "Route { a: &[B::new(\"/\", &[(\"GET\", 0)])], ..Route::EMPTY }"
        );
    }

    #[test]
    fn what_does_not_fit_has_a_line_for_each_entry() {
        let long = "x".repeat(60);
        let text = printed(&format!("Route{{a:&[(\"{long}\",Route{{b:\"{long}\",..E}}),(\"y\",E)],..E}}"));
        let expected = format!(
            "Route {{\n    a: &[\n        (\"{long}\", Route {{\n            b: \"{long}\",\n            ..E\n        }}),\n        (\"y\", E),\n    ],\n    ..E\n}}"
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn chains_are_broken_at_their_last_call() {
        let long = "x".repeat(80);
        let text = printed(&format!("A::new(&B).c(&[\"d\"]).e(&[F::new(\"{long}\")])"));
        assert_eq!(text, format!("A::new(&B).c(&[\"d\"]).e(&[\n    F::new(\"{long}\"),\n])"));
    }
}
