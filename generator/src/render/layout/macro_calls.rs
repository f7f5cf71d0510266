//! Calls of the runtime's macros and values of statics, printed from their tokens.
//!
//! While `prettyplease` prints a file, a mark stands in the place of each.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use syn::{Expr, Item, ItemStatic, Macro};

use super::line::{Line, block, inline, is_comma};
use super::{INDENT, WIDTH, tables};

/// What stands for a call while the rest of the file is printed.
pub(super) const MARK: &str = "macro_call!";

/// How long a list may be that stands on one line; where lines are too long, one after the other.
const LONGEST: [usize; 4] = [WIDTH / 2, 32, 16, 0];

/// How the entries in the braces of a macro stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entries {
    /// As many on a line as fit; on the line of the braces if there are few.
    Filled,
    /// One on each line.
    Lines,
}

/// The macros of the runtime that generated files call, by the last segment of their paths.
fn entries_of(name: &str) -> Option<Entries> {
    Some(match name {
        "object" | "extends" | "strings" | "integers" | "constants" | "choice" | "newtype" => Entries::Filled,
        "decode" | "answers" | "guard" | "operations" => Entries::Lines,
        _ => return None,
    })
}

/// Takes calls and values out of items, each as the lines that it is printed in, and leaves a mark for each.
pub(super) fn take(items: &mut [Item], calls: &mut Vec<Vec<String>>) -> syn::Result<()> {
    for item in items {
        match item {
            Item::Macro(item) => mark(&mut item.mac, calls),
            Item::Static(item) => mark_value(item, calls)?,
            Item::Mod(module) => {
                if let Some((_, items)) = &mut module.content {
                    take(items, calls)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The value of a static, which templates write as `data!(…)`.
fn mark_value(item: &mut ItemStatic, calls: &mut Vec<Vec<String>>) -> syn::Result<()> {
    let Expr::Macro(value) = &mut *item.expr else { return Ok(()) };
    if !value.mac.path.is_ident("data") {
        return Ok(());
    }
    let tokens = std::mem::take(&mut value.mac.tokens);
    syn::parse2::<Expr>(tokens.clone())?;
    let start = item.ident.to_string().len() + "pub(super) static : generated::Parameter = ;".len();
    let text = tables::print(tokens.clone(), 0, start);
    debug_assert_eq!(without_commas(&tokens.to_string()), without_commas(&text), "a token was lost");
    leave_mark(&mut value.mac, calls);
    calls.push(format!("{text};").lines().map(str::to_owned).collect());
    Ok(())
}

fn leave_mark(call: &mut Macro, calls: &[Vec<String>]) {
    call.path = Ident::new("macro_call", Span::call_site()).into();
    call.tokens = TokenTree::from(Literal::usize_unsuffixed(calls.len())).into();
}

fn mark(call: &mut Macro, calls: &mut Vec<Vec<String>>) {
    let Some(entries) = call.path.segments.last().and_then(|last| entries_of(&last.ident.to_string())) else { return };
    let path: Vec<String> = call.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let tokens = std::mem::take(&mut call.tokens);
    let start = path.join("::").len() + "!();".len();
    let used = |(index, line): (usize, &str)| line.len() + if index == 0 { start } else { 0 };
    let is_long =
        |text: &String| entries == Entries::Filled && text.lines().enumerate().map(used).any(|used| used > WIDTH);
    // Lists get lines of their own until all lines fit, the longest lists first.
    let mut widths = LONGEST.iter().map(|longest| Printer { entries, longest: *longest }.print(tokens.clone(), 0));
    let first = widths.next().unwrap_or_default();
    let printed = if is_long(&first) { widths.find(|text| !is_long(text)).unwrap_or(first) } else { first };
    debug_assert_eq!(without_commas(&tokens.to_string()), without_commas(&printed), "a token was lost");
    let text = format!("{}!({printed});", path.join("::"));
    leave_mark(call, calls);
    calls.push(text.lines().map(str::to_owned).collect());
}

/// What stands in a text beside spaces and commas, which are all that printing changes.
fn without_commas(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace() && *character != ',').collect()
}

/// Puts the calls back, as deep as their marks stand.
pub(super) fn put_back(printed: &str, calls: &[Vec<String>]) -> String {
    let mut out = String::with_capacity(printed.len() * 2);
    let mut all = printed.lines();
    while let Some(line) = all.next() {
        // Where a name is long, the mark has lines of its own.
        let is_cut = line.ends_with("macro_call!(");
        let whole = is_cut.then(|| {
            format!("{line}{}{}", all.next().unwrap_or_default().trim(), all.next().unwrap_or_default().trim())
        });
        let line = whole.as_deref().unwrap_or(line);
        let inner = line.trim_start();
        let indent = &line[..line.len() - inner.len()];
        // A mark begins a line, or is the value of a static.
        let is_static = inner.starts_with("static ") || inner.starts_with("pub");
        let place = if is_static { inner.rfind(MARK) } else { inner.starts_with(MARK).then_some(0) };
        let marked = place.and_then(|at| {
            let (before, rest) = inner.split_at(at);
            let number = rest.strip_prefix(MARK)?.trim_matches(['(', ')', ';']).parse::<usize>().ok()?;
            Some((before, calls.get(number)?))
        });
        let Some((before, lines)) = marked else {
            push_line(&mut out, "", line);
            continue;
        };
        for (index, line) in lines.iter().enumerate() {
            match index {
                0 => push_line(&mut out, indent, &format!("{before}{line}")),
                _ => push_line(&mut out, indent, line),
            }
        }
    }
    out
}

fn push_line(out: &mut String, indent: &str, line: &str) {
    if !line.is_empty() {
        out.push_str(indent);
        out.push_str(line);
    }
    out.push('\n');
}

/// Prints tokens with the spaces that rustfmt would put between them.
struct Printer {
    entries: Entries,
    /// How long the entries in braces may be to stand on the line of the braces.
    longest: usize,
}

impl Printer {
    /// The tokens of a call, or of an entry in it. Braces at this level hold entries.
    fn print(&self, tokens: TokenStream, depth: usize) -> String {
        let mut line = Line::default();
        for token in tokens {
            match token {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    line.finish_operator();
                    line.word(&self.braces(group.stream(), depth));
                }
                TokenTree::Group(group) if self.is_long(&group) => line.call(&self.parameters(group.stream(), depth)),
                token => line.token(&token),
            }
        }
        line.finish()
    }

    /// Whether a group is a list in parentheses that gets lines of its own.
    fn is_long(&self, group: &Group) -> bool {
        self.entries == Entries::Filled
            && group.delimiter() == Delimiter::Parenthesis
            && has_separator(group.stream())
            && inline(group.stream()).len() > self.longest.max(1)
    }

    fn parameters(&self, tokens: TokenStream, depth: usize) -> String {
        let entries: Vec<String> = split(tokens).into_iter().map(|entry| inline(entry.tokens)).collect();
        format!("({})", block(&filled(&entries), depth))
    }

    fn braces(&self, tokens: TokenStream, depth: usize) -> String {
        let entries = split(tokens);
        if entries.is_empty() {
            return "{}".to_owned();
        }
        let lines: Vec<String> = match self.entries {
            Entries::Filled => {
                let entries: Vec<String> = entries.into_iter().map(|entry| inline(entry.tokens)).collect();
                let short = entries.join(", ");
                if short.len() <= self.longest {
                    return format!("{{ {short} }}");
                }
                filled(&entries)
            }
            Entries::Lines => entries.into_iter().map(|entry| self.line(entry, depth)).collect(),
        };
        format!("{{{}}}", block(&lines, depth))
    }

    /// An entry on a line of its own. One that ends with braces holds further entries there: `a: b { c, d }`.
    fn line(&self, Entry { tokens, is_nested, has_comma }: Entry, depth: usize) -> String {
        match (is_nested, has_comma) {
            (true, true) => format!("{},", self.print(tokens, depth + 1)),
            (true, false) => self.print(tokens, depth + 1),
            (false, _) => format!("{},", inline(tokens)),
        }
    }
}

/// What stands between two commas.
struct Entry {
    tokens: TokenStream,
    /// Whether it ends with braces that hold entries.
    is_nested: bool,
    has_comma: bool,
}

/// Whether something in it is followed by a comma.
fn has_separator(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| is_comma(&token))
}

/// Puts entries on as few lines as they fit on.
fn filled(entries: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for entry in entries {
        match lines.last_mut() {
            Some(line) if INDENT.len() + line.len() + 1 + entry.len() < WIDTH => {
                line.push(' ');
                line.push_str(entry);
                line.push(',');
            }
            _ => lines.push(format!("{entry},")),
        }
    }
    lines
}

/// Splits tokens at commas. Braces that hold entries end one as well.
fn split(tokens: TokenStream) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    let mut entry: Vec<TokenTree> = Vec::new();
    while let Some(token) = tokens.next() {
        let mut has_comma = is_comma(&token);
        let is_nested = matches!(&token, TokenTree::Group(group)
            if group.delimiter() == Delimiter::Brace && has_separator(group.stream()));
        if !has_comma {
            entry.push(token);
        }
        if is_nested {
            has_comma = tokens.next_if(is_comma).is_some();
        }
        if has_comma || is_nested || tokens.peek().is_none() {
            entries.push(Entry { tokens: entry.drain(..).collect(), is_nested, has_comma });
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::super::{HEADER, generated};
    use super::*;

    fn printed(text: &str) -> String {
        let text = generated(text).expect("it is Rust");
        text.strip_prefix(HEADER).expect("it has a header").to_owned()
    }

    #[test]
    fn few_entries_stand_on_one_line_and_many_fill_lines() {
        assert_eq!(printed("json::object!(A{a,b?,c:\"d\"});"), "json::object!(A { a, b?, c: \"d\" });\n");
        let names: Vec<String> = (0..30).map(|number| format!("member_{number}?")).collect();
        let long = printed(&format!("json::object!(A {{ {} }} else refused);", names.join(",")));
        assert!(long.lines().all(|line| line.len() <= WIDTH), "{long}");
        assert_eq!((long.lines().count(), long.lines().last()), (6, Some("} else refused);")));
    }

    #[test]
    fn expressions_are_spaced_as_rustfmt_does() {
        for entry in [
            "a: decoder.required(&ID, read::text, |_| true),",
            "b: if decoder.has_body() { decoder.json(|value: &Vec<A>| value.is_valid()).map(Some) } else { Some(None) },",
            "Ok(body, headers) => respond::json(StatusCode::OK, &body),",
            "c: decoder.optional(&B, read::text, |value| check::minimum(value, -1) && *value != 2),",
        ] {
            let text = printed(&format!("generated::decode!(a(decoder) -> A {{ {entry} }});"));
            assert_eq!(text.lines().nth(1).map(str::trim), Some(entry), "{text}");
        }
    }

    #[test]
    fn entries_may_hold_entries() {
        let text = "generated::decode!(a(decoder) -> A { b: c, body: match decoder.chosen() { 0 => d, _ => e, }, });";
        let expected = "\
generated::decode!(a(decoder) -> A {
    b: c,
    body: match decoder.chosen() {
        0 => d,
        _ => e,
    },
});
";
        assert_eq!(printed(text), expected);
    }

    #[test]
    fn what_is_not_balanced_does_not_pass() {
        assert!(generated("json::object!(A { a }); } fn injected() {").is_err());
        assert!(generated("json::object!(A { a ); });").is_err());
    }
}
