//! A source with what it lacks: stubs at the end of implementations, and names in imports. Every other byte stays.

use std::collections::BTreeSet;

use syn::{Item, UseTree};

use super::source::{Implementation, Member, code, implementations};
use crate::diff::{rust_text, type_names};

/// What a source lacks, and what it has that nothing asks for.
#[derive(Debug, Default)]
pub(super) struct Update {
    /// The methods that were added, in order.
    pub added: Vec<String>,
    /// Methods of operations that are gone, each with the line that it stands in.
    pub gone: Vec<(String, usize)>,
    /// Methods whose signatures are others now: their lines, what they are, and what they should be.
    pub changed: Vec<(usize, String, String)>,
    /// The text with everything that was added.
    pub text: String,
}

/// Adds what the implementations of `wanted` have, and a source lacks; `wanted` is a text as `new` writes it.
///
/// # Errors
///
/// One of the texts is no Rust.
pub(super) fn update(text: &str, wanted: &str, module: &str) -> syn::Result<Update> {
    let (own, wanted_ones) = (of_module(text, module)?, implementations(wanted)?);
    let mut update = Update::default();
    let mut insertions: Vec<(usize, String)> = Vec::new();
    let mut names = BTreeSet::new();
    for implementation in &own {
        let Some(of) = wanted_ones.iter().find(|of| of.name == implementation.name) else { continue };
        let missing: Vec<&Member> =
            of.items.iter().filter(|item| implementation.items.iter().all(|own| own.name != item.name)).collect();
        // What a macro makes cannot be seen.
        let missing = if implementation.has_macros { Vec::new() } else { missing };
        if !missing.is_empty() {
            insertions.push(stubs(text, implementation, (wanted, &missing)));
        }
        for item in &missing {
            update.added.push(item.name.clone());
            names.extend(type_names(&wanted[item.place.clone()]));
        }
        compare(text, implementation, of, &mut update);
    }
    insertions.extend(imports(text, wanted, &names)?);
    // From the end, so that places before stay where they are.
    insertions.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    update.text = text.to_owned();
    for (at, added) in insertions {
        update.text.insert_str(at, &added);
    }
    Ok(update)
}

/// The names of the traits of a module that a source implements.
pub(super) fn implemented(text: &str, module: &str) -> syn::Result<Vec<String>> {
    Ok(of_module(text, module)?.into_iter().map(|implementation| implementation.name).collect())
}

/// The implementations whose traits may be those of the generated module: others may have traits of the same names.
fn of_module(text: &str, module: &str) -> syn::Result<Vec<Implementation>> {
    let imports = imported(text)?;
    let is_ours = |path: &str| path.split("::").any(|part| part == module || part.replace('_', "").contains(module));
    let of_trait = |implementation: &Implementation| match &implementation.module {
        Some(name) => is_ours(name) || ["self", "super", "crate", "api"].contains(&name.as_str()),
        None => {
            let path = imports.iter().find(|(_, names)| names.contains(&implementation.name)).map(|(path, _)| path);
            path.is_none_or(|path| is_ours(path) || ["self", "super", "crate", "api"].contains(&last(path)))
        }
    };
    Ok(implementations(text)?.into_iter().filter(of_trait).collect())
}

/// The stubs of an implementation, and where they go: behind its last member.
fn stubs(text: &str, own: &Implementation, (wanted, missing): (&str, &[&Member])) -> (usize, String) {
    let end_of_line = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let body = &text[own.body.clone()];
    let at = own.body.start + body.trim_end().len();
    let indent_of = |at: usize| {
        let line = &text[text[..at].rfind('\n').map_or(0, |line| line + 1)..at];
        &line[..line.len() - line.trim_start().len()]
    };
    // As the members before, or else one step deeper than the implementation.
    let indent = match own.items.first() {
        // Before its beginning, comments may stand in the line of something else.
        Some(item) => indent_of(item.place.end).to_owned(),
        None => format!("{}{}", indent_of(own.body.start), if text.contains("\n\t") { "\t" } else { "    " }),
    };
    let step = if indent.contains('\t') { "\t" } else { "    " };
    let mut stubs = String::new();
    for (number, item) in missing.iter().enumerate() {
        stubs.push_str(end_of_line);
        if number > 0 || !own.items.is_empty() {
            stubs.push_str(end_of_line);
        }
        for (number, line) in wanted[item.place.clone()].lines().enumerate() {
            // In the text that is wanted, members are indented by four spaces.
            let line = if number == 0 { line } else { line.strip_prefix("    ").unwrap_or(line) };
            let inner = line.len() - line.trim_start_matches(' ').len();
            if number > 0 {
                stubs.push_str(end_of_line);
            }
            stubs.push_str(&indent);
            stubs.push_str(&step.repeat(inner / 4));
            stubs.push_str(line.trim_start_matches(' '));
        }
    }
    if body[body.trim_end().len()..].is_empty() {
        stubs.push_str(end_of_line);
    }
    (at, stubs)
}

/// Finds methods that nothing asks for any more, and those that are asked for otherwise.
fn compare(text: &str, own: &Implementation, wanted: &Implementation, update: &mut Update) {
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    for item in &own.items {
        let Some(signature) = &item.signature else { continue };
        let place = text[item.place.clone()].find("fn ").map_or(item.place.start, |inner| item.place.start + inner);
        match wanted.items.iter().find(|of| of.name == item.name).and_then(|of| of.signature.as_ref()) {
            None => update.gone.push((item.name.clone(), line(place))),
            Some(of) if differs(signature, of) => {
                update.changed.push((line(place), rust_text(signature), rust_text(of)));
            }
            Some(_) => {}
        }
    }
}

/// Whether a signature is another than what the trait asks for, whatever its parameters are called, and by whichever path
/// its types are named.
fn differs(own: &syn::Signature, wanted: &syn::Signature) -> bool {
    let messages = |signature: &syn::Signature| {
        let all = type_names(&quote::ToTokens::to_token_stream(signature).to_string());
        all.into_iter().filter(|name| name.ends_with("Request") || name.ends_with("Response")).collect::<BTreeSet<_>>()
    };
    let named = messages(own);
    own.inputs.len() != wanted.inputs.len() || !named.is_empty() && !messages(wanted).is_superset(&named)
}

/// What must be imported so that the stubs' names are known, and where that goes.
fn imports(text: &str, wanted: &str, names: &BTreeSet<String>) -> syn::Result<Vec<(usize, String)>> {
    let (own, offered) = (imported(text)?, imported(wanted)?);
    let mut insertions = Vec::new();
    for (path, all) in &offered {
        let known = |name: &String| own.iter().any(|(_, own)| own.contains(name));
        let has_all = own.iter().any(|(own, names)| names.contains("*") && last(own) == last(path));
        let missing: Vec<&String> = all.iter().filter(|name| names.contains(*name) && !known(name)).collect();
        if missing.is_empty() || has_all {
            continue;
        }
        // The path by which the file names the same module, if it does.
        let shared = own.iter().find(|(own, names)| own == path || all.iter().any(|name| names.contains(name)));
        let path = shared.map_or(path, |(own, _)| own);
        insertions.push(import(text, path, &missing));
    }
    Ok(insertions)
}

fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

/// The names that a file imports, by the paths of their modules.
fn imported(text: &str) -> syn::Result<Vec<(String, BTreeSet<String>)>> {
    let mut found: Vec<(String, BTreeSet<String>)> = Vec::new();
    for item in syn::parse_file(text)?.items {
        if let Item::Use(item) = item {
            walk(&item.tree, String::new(), &mut found);
        }
    }
    Ok(found)
}

fn walk(tree: &UseTree, path: String, found: &mut Vec<(String, BTreeSet<String>)>) {
    let joined = |name: &syn::Ident| if path.is_empty() { name.to_string() } else { format!("{path}::{name}") };
    let name = match tree {
        UseTree::Path(inner) => return walk(&inner.tree, joined(&inner.ident), found),
        UseTree::Group(group) => return group.items.iter().for_each(|item| walk(item, path.clone(), found)),
        UseTree::Name(name) => name.ident.to_string(),
        UseTree::Rename(rename) => rename.rename.to_string(),
        UseTree::Glob(_) => "*".to_owned(),
    };
    match found.iter_mut().find(|(known, _)| *known == path) {
        Some((_, names)) => drop(names.insert(name)),
        None => found.push((path, BTreeSet::from([name]))),
    }
}

/// An import of a file: where it stands, and behind which byte.
struct Import {
    start: usize,
    end: usize,
    /// Whether it is there always, and alone.
    is_plain: bool,
}

/// The imports at the top of a file, not those of its modules.
fn top_imports(code: &[u8]) -> Vec<Import> {
    let (mut found, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (at, byte) in code.iter().enumerate() {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let ends = depth == 0 && matches!(byte, b';' | b'}');
        if ends {
            let text = String::from_utf8_lossy(&code[start..=at]).into_owned();
            let item = text.trim_start();
            let begin = start + text.len() - item.len();
            let is_import = item.starts_with("use ") || item.contains(" use ") || item.contains("]use ");
            if *byte == b';' && is_import {
                found.push(Import { start: begin, end: at + 1, is_plain: item.starts_with("use ") });
            }
            // A group of an import ends before its semicolon.
            let goes_on = *byte == b'}' && item.contains("use ") && !item.contains("fn ") && !item.contains("mod ");
            if !goes_on {
                start = at + 1;
            }
        }
    }
    found
}

/// Names in the group that a file imports from this path, or a line of their own behind the last import.
fn import(text: &str, path: &str, names: &[&String]) -> (usize, String) {
    let end_of_line = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let listed = names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
    let code = code(text);
    let imports = top_imports(&code);
    let group = format!("use {path}::{{");
    let of_path = imports.iter().filter(|import| import.is_plain).find_map(|import| {
        let inner = text[import.start..import.end].strip_prefix(group.as_str())?;
        // A group in a group has other names.
        let inner = inner.strip_suffix("};").filter(|inner| !inner.contains(['{', '}', '/']))?;
        Some((import.start + group.len(), inner.trim_end()))
    });
    if let Some((open, inner)) = of_path {
        let (before, after) = match inner {
            "" => ("", ""),
            inner if inner.ends_with(',') => (" ", ","),
            _ => (", ", ""),
        };
        return (open + inner.len(), format!("{before}{listed}{after}"));
    }
    let group = if names.len() == 1 { listed } else { format!("{{{listed}}}") };
    let line = format!("use {path}::{group};");
    match imports.iter().rev().find(|import| import.is_plain) {
        // Whatever follows in its line stays there.
        Some(last) => (last.end, format!("{end_of_line}{line}")),
        None => (first_item(text, &code), format!("{line}{end_of_line}{end_of_line}")),
    }
}

/// Where the first item begins: behind what is said of the file itself.
fn first_item(text: &str, code: &[u8]) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start_matches('\u{feff}').trim();
        let is_of_file = trimmed.starts_with("//!") || trimmed.starts_with("#!") || trimmed.is_empty();
        let is_comment = code[at..at + line.len()].iter().all(u8::is_ascii_whitespace) && trimmed.starts_with("/*!");
        if !is_of_file && !is_comment {
            break;
        }
        at += line.len();
    }
    // Behind a mark of the byte order, where there is nothing else before.
    if at == 0 && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: &str = "use buildflow_runtime::{HttpError};
use crate::todo::{ListRequest, ListResponse, GetRequest, GetResponse, Todo};

pub struct App;
impl Todo for App {
    async fn list(&self, _request: ListRequest) -> Result<ListResponse, HttpError> {
        Err(HttpError::not_implemented())
    }
    async fn get(
        &self,
        _request: GetRequest,
    ) -> Result<GetResponse, HttpError> {
        Err(HttpError::not_implemented())
    }
}
";

    fn updated(text: &str) -> Update {
        update(text, WANTED, "todo").expect("both are Rust")
    }

    #[test]
    fn a_stub_is_as_deep_as_its_neighbours_and_all_else_stays() {
        let text = "use buildflow_runtime::HttpError;\r\nuse crate::api::{ListRequest, Todo};\r\nmod deep {\r\n\timpl Todo for App { // odd\r\n\t\tasync fn list(&self, request: ListRequest) -> Answer {\r\n\t\t}   \r\n\t}\r\n}\r\n";
        let update = updated(text);
        assert_eq!(update.added, ["get"]);
        let stub = "\r\n\r\n\t\tasync fn get(\r\n\t\t\t&self,\r\n\t\t\t_request: GetRequest,\r\n\t\t) -> Result<GetResponse, HttpError> {\r\n\t\t\tErr(HttpError::not_implemented())\r\n\t\t}";
        let expected = text
            .replace("\t\t}   \r\n", &format!("\t\t}}{stub}   \r\n"))
            .replace("ListRequest, Todo}", "ListRequest, Todo, GetRequest, GetResponse}");
        assert_eq!(update.text, expected);
    }

    #[test]
    fn an_empty_implementation_gets_all_of_it_with_imports() {
        let update = updated("use crate::todo::Todo;\n\nstruct App;\nimpl Todo for App {}\n");
        assert_eq!(update.added, ["list", "get"]);
        assert!(update.text.contains("impl Todo for App {\n    async fn list("), "{}", update.text);
        assert!(update.text.ends_with("    }\n}\n"), "{}", update.text);
        let again = updated(&update.text);
        assert!(again.added.is_empty() && again.text == update.text, "{}", again.text);
        assert!(update.text.contains("use crate::todo::{GetRequest, GetResponse, ListRequest, ListResponse};\n"));
        assert!(update.text.contains("use buildflow_runtime::HttpError;\n"), "{}", update.text);
    }

    #[test]
    fn imports_go_where_they_hold_for_the_whole_file() {
        for (before, after) in [
            ("//! Docs.\n#![allow(unused)]\n\nimpl todo::Todo for App {}\n", "//! Docs.\n#![allow(unused)]\n\nuse "),
            ("mod a { use crate::todo::{X}; }\nimpl todo::Todo for App {}\n", "use crate::todo::{GetRequest,"),
            ("#[cfg(test)]\nuse crate::todo::{X};\nimpl todo::Todo for App {}\n", "use crate::todo::{GetRequest,"),
            (
                "use crate::todo::{types::{X}, Todo};\nimpl Todo for App {}\n",
                "use crate::todo::{types::{X}, Todo};\nuse crate::",
            ),
            ("use crate::todo::Todo; /* a\nb */\nimpl Todo for App {}\n", "use crate::todo::Todo;\nuse "),
        ] {
            let update = updated(before);
            assert!(update.text.contains(after), "{}", update.text);
            assert!(syn::parse_file(&update.text).is_ok(), "{}", update.text);
            assert!(update.text.contains("mod a { use crate::todo::{X}; }") || !before.contains("mod a"));
            assert!(update.text.contains("#[cfg(test)]\nuse crate::todo::{X};\n") || !before.contains("cfg(test)"));
        }
    }

    #[test]
    fn a_trait_of_somebody_else_is_left_alone_and_macros_are_believed() {
        for text in [
            "impl db::Todo for Db {}\n",
            "use crate::db::Todo;\nimpl Todo for Db {}\n",
            "impl Todo for App { rest!(); }\n",
        ] {
            let update = updated(text);
            assert!(update.added.is_empty() && update.text == text, "{}", update.text);
        }
    }

    #[test]
    fn names_that_a_glob_brings_are_not_imported_again() {
        let text = "use crate::todo::*;\nuse buildflow_runtime::{HttpError};\nimpl Todo for App {}\n";
        let update = updated(text);
        assert!(
            update.text.starts_with("use crate::todo::*;\nuse buildflow_runtime::{HttpError};\nimpl"),
            "{}",
            update.text
        );
    }

    #[test]
    fn what_is_gone_and_what_is_signed_otherwise_is_told_with_its_line() {
        let text = "use crate::todo::*;\nimpl Todo for App {\n    async fn list(&self, request: OldRequest) -> Answer {}\n    /// Old.\n    async fn drop(&self) {}\n    async fn get(&self, it: todo::GetRequest) -> Result<todo::GetResponse, HttpError> {}\n}\n";
        let update = updated(text);
        assert_eq!(update.gone, [("drop".to_owned(), 5)]);
        let [(line, own, wanted)] = update.changed.as_slice() else { panic!("{:?}", update.changed) };
        assert_eq!((*line, own.contains("OldRequest"), wanted.contains("ListRequest")), (3, true, true));
        assert_eq!(update.text, text);
    }
}
