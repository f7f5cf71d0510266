//! A Rust source that people write: where its implementations of traits are, and what they have, byte by byte.
//!
//! Places are found in a copy of the text whose comments and literals are blank; what stands there is read by `syn`.

use std::ops::Range;

use quote::ToTokens as _;

/// An implementation of a trait.
pub(super) struct Implementation {
    /// The last name of the trait's path.
    pub name: String,
    /// The name before it, if it is written: the module that has the trait.
    pub module: Option<String>,
    /// Whether a macro makes some of its members.
    pub has_macros: bool,
    /// What is between its braces.
    pub body: Range<usize>,
    pub items: Vec<Member>,
}

/// A method or a type of an implementation.
pub(super) struct Member {
    pub name: String,
    /// With comments and attributes before it.
    pub place: Range<usize>,
    /// The signature, if it is a method.
    pub signature: Option<syn::Signature>,
}

/// The implementations of traits in a source, wherever they stand in it.
///
/// # Errors
///
/// It is no Rust.
pub(super) fn implementations(text: &str) -> syn::Result<Vec<Implementation>> {
    syn::parse_file(text)?;
    let code = code(text);
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = word(&code, "impl", from) {
        from = start + 4;
        let Some((open, item)) = header(text, &code, start) else { continue };
        let end = closing(&code, open);
        let Some((path, _)) = &item.trait_ else { continue };
        let mut segments = path.segments.iter().rev();
        let Some(segment) = segments.next() else { continue };
        let module = segments.next().map(|segment| segment.ident.to_string());
        let body = open + 1..end - 1;
        let items = members(text, &code, body.clone());
        let has_macros = items.iter().any(|item| item.name.contains('!'));
        found.push(Implementation { name: segment.ident.to_string(), module, has_macros, body, items });
        from = end;
    }
    Ok(found)
}

/// How many pairs of braces a header may have itself: `for App<{ 1 }>`.
const BRACES: usize = 4;

/// What stands before the braces of an implementation, and where they open. `impl Trait` in types has none.
fn header(text: &str, code: &[u8], start: usize) -> Option<(usize, syn::ItemImpl)> {
    let mut from = start;
    for _ in 0..BRACES {
        let open = opening(code, from)?;
        if let Ok(item) = syn::parse_str(&format!("{}{{}}", &text[start..open])) {
            return Some((open, item));
        }
        from = closing(code, open);
    }
    None
}

/// The members between the braces of an implementation.
fn members(text: &str, code: &[u8], body: Range<usize>) -> Vec<Member> {
    let mut found = Vec::new();
    let mut from = body.start;
    while let Some(end) = end_of_item(code, from..body.end) {
        let start = from + text[from..end].len() - text[from..end].trim_start().len();
        if let Ok(item) = syn::parse_str::<syn::ImplItem>(&text[start..end]) {
            let (name, signature) = match item {
                syn::ImplItem::Fn(method) => (method.sig.ident.to_string(), Some(method.sig)),
                syn::ImplItem::Type(item) => (item.ident.to_string(), None),
                syn::ImplItem::Const(item) => (item.ident.to_string(), None),
                other => (other.to_token_stream().to_string(), None),
            };
            found.push(Member { name, place: start..end, signature });
        }
        from = end;
    }
    found
}

/// Where the next item ends: behind a brace that closes, or a semicolon, outside of all others.
fn end_of_item(code: &[u8], within: Range<usize>) -> Option<usize> {
    let mut depth = 0_usize;
    for at in within {
        match code[at] {
            b'{' | b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b';' if depth == 0 => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The first brace that opens what follows; none where a statement ends before.
fn opening(code: &[u8], from: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in code.iter().enumerate().skip(from) {
        match byte {
            b'{' => return Some(at),
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.checked_sub(1)?,
            b';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// Behind the brace that closes this one.
fn closing(code: &[u8], open: usize) -> usize {
    end_of_item(code, open..code.len()).unwrap_or(code.len())
}

/// The next place of a word.
fn word(code: &[u8], word: &str, from: usize) -> Option<usize> {
    let is_name = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let length = word.len();
    (from..code.len().saturating_sub(length)).find(|at| {
        code[*at..].starts_with(word.as_bytes())
            && !is_name(at.checked_sub(1).and_then(|before| code.get(before)))
            && !is_name(code.get(at + length))
    })
}

/// The text with spaces in the place of comments and literals: each byte stands where it stood.
pub(super) fn code(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = at + skipped(&bytes[at..], at.checked_sub(1).map(|before| bytes[before]));
        if end > at {
            code[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
            at = end;
        } else {
            at += 1;
        }
    }
    code
}

/// How long the comment or literal is that begins here; 0 where none does.
fn skipped(rest: &[u8], before: Option<u8>) -> usize {
    let is_in_name = before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match rest {
        [b'/', b'/', ..] => rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()),
        [b'/', b'*', ..] => block_comment(rest),
        [b'"', ..] => string(rest, 1),
        [b'b' | b'c', b'"', ..] if !is_in_name => string(rest, 2),
        [b'r', ..] if !is_in_name => raw_string(rest, 1),
        [b'b' | b'c', b'r', ..] if !is_in_name => raw_string(rest, 2),
        [b'\'', ..] => character(rest),
        _ => 0,
    }
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

fn string(rest: &[u8], start: usize) -> usize {
    let mut at = start;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// `r#"…"#`, with any number of `#`; 0 where it is a name such as `r#type`.
fn raw_string(rest: &[u8], start: usize) -> usize {
    let hashes = rest[start..].iter().take_while(|byte| **byte == b'#').count();
    let open = start + hashes;
    if rest.get(open) != Some(&b'"') {
        return 0;
    }
    let is_end = |at: &usize| {
        let behind = &rest[at + 1..];
        rest[*at] == b'"' && behind.len() >= hashes && behind[..hashes].iter().all(|byte| *byte == b'#')
    };
    (open + 1..rest.len()).find(is_end).map_or(rest.len(), |at| at + 1 + hashes)
}

/// A character; 0 where it is a lifetime.
fn character(rest: &[u8]) -> usize {
    if rest.get(1) == Some(&b'\\') {
        return rest.iter().enumerate().skip(3).find(|(_, byte)| **byte == b'\'').map_or(rest.len(), |(at, _)| at + 1);
    }
    let text = std::str::from_utf8(&rest[1..rest.len().min(6)]);
    let first = match text {
        Ok(text) => text.chars().next(),
        Err(error) => std::str::from_utf8(&rest[1..1 + error.valid_up_to()]).ok().and_then(|text| text.chars().next()),
    };
    let length = first.map_or(0, char::len_utf8);
    if length > 0 && rest.get(1 + length) == Some(&b'\'') { length + 2 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn implementations_are_found_behind_all_that_looks_like_them() {
        let text = r##"
// impl Todo for A {
const TEXT: &str = "impl Todo for B { fn a() {} }";
const RAW: &str = r#"} impl Todo for C {"#;
fn of<'a>(it: impl Into<&'a str>) -> char { let _ = it; '{' }
mod inner {
    impl super::api::Todo for App<{ 1 }> {
        type Principal = ();
        /// One { of
        /// several lines.
        #[inline]
        async fn list(&self, request: ListRequest) -> Result<ListResponse, HttpError> {
            let text = "}";
            if true { Ok(text.into()) } else { Err('}'.into()) }
        }
        // Between.
        async fn get(&self) {}
    }
}
"##;
        let found = implementations(text).expect("it is Rust");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].name, "Todo");
        let names: Vec<&str> = found[0].items.iter().map(|item| item.name.as_str()).collect();
        assert_eq!(names, ["Principal", "list", "get"]);
        let list = &text[found[0].items[1].place.clone()];
        assert!(list.starts_with("/// One {") && list.ends_with("}\n        }"), "{list}");
        assert!(text[found[0].body.end..].starts_with("}\n}\n"));
    }

    #[test]
    fn headers_have_bounds_arrays_and_braces_of_their_own() {
        let text = "impl<S> Todo for App<S> where S: Iterator<Item = u8> { fn a() {} }
impl api::Todo for App<[u8; 4]> {}
fn of(it: impl Into<String>) -> impl Todo { it }
";
        let found = implementations(text).expect("it is Rust");
        let all: Vec<(&str, Option<&str>, usize)> =
            found.iter().map(|one| (one.name.as_str(), one.module.as_deref(), one.items.len())).collect();
        assert_eq!(all, [("Todo", None, 1), ("Todo", Some("api"), 0)]);
    }

    #[test]
    fn what_is_blank_is_as_long_as_it_was() {
        for text in ["'a 'b' '\\'' '\\u{1F600}' 'é'", "b\"\\\"\" br##\"\"# \"##", "/* /* */ */ r#type", "\"", "'", "/*"]
        {
            let code = code(text);
            assert_eq!(code.len(), text.len(), "{text}");
            assert!(!code.contains(&b'"'), "{text}");
        }
        assert_eq!(String::from_utf8_lossy(&code("r#type 'a: loop")), "r#type 'a: loop");
    }
}
