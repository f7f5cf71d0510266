//! The rooms of both crates stand in layers: a room uses only those below it.
//!
//! A room is a folder of `src`, or a file where there is little in it. The lists below are the order, from the bottom.
//! Sources are read as tokens, so that paths in macros count as well, and those in comments and strings do not.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use buildflow_tests::workspace;
use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};

/// A crate and its rooms.
struct Layers {
    /// The folder of the crate.
    folder: &'static str,
    /// From the bottom.
    rooms: &'static [&'static str],
    /// Files of `src` that are no rooms: the face of the crate, which names what is in all of them.
    faces: &'static [&'static str],
    /// Arrows that may go up, each with its reason: a file, the room that it uses, and why.
    exceptions: &'static [(&'static str, &'static str, &'static str)],
}

const RUNTIME: Layers = Layers {
    folder: "runtime",
    rooms: &[
        "values",
        "json",
        "protocol",
        "validation",
        "observe",
        "websocket",
        "response",
        "request",
        "security",
        "routing",
        "middleware",
        "endpoint",
        "replica",
        "docs",
        "server",
        "service",
        "flow",
        "guide",
    ],
    faces: &["lib.rs", "generated.rs"],
    exceptions: &[],
};

const GENERATOR: Layers = Layers {
    folder: "generator",
    rooms: &[
        "threads",
        "source",
        "diagnostic",
        "read",
        "ir",
        "lift",
        "unsupported",
        "lower",
        "render",
        "write",
        "flow",
        "compile",
        "generator",
        "diff",
        "deploy",
        "example",
        "explain",
        "cli",
    ],
    faces: &["lib.rs", "main.rs"],
    exceptions: &[],
};

/// The longest file of `src`.
const MAX_LINES: usize = 450;

#[test]
fn rooms_use_only_rooms_below_them() {
    for layers in [RUNTIME, GENERATOR] {
        let arrows: Vec<Arrow> = layers.files().iter().flat_map(|file| layers.arrows(file)).collect();
        let wrong: Vec<String> = arrows.iter().filter(|arrow| !layers.allows(arrow)).map(Arrow::to_string).collect();
        assert!(wrong.is_empty(), "{}: these go up:\n{}", layers.folder, wrong.join("\n"));
        for (file, to, reason) in layers.exceptions {
            let is_used = arrows.iter().any(|arrow| arrow.file.ends_with(file) && arrow.to == *to);
            assert!(is_used, "{}: {file} no longer uses `{to}` ({reason}): take it off the list", layers.folder);
        }
        println!("{}: {} arrows between {} rooms, all down", layers.folder, arrows.len(), layers.rooms.len());
    }
}

#[test]
fn every_room_is_listed_and_says_what_it_is_for() {
    for layers in [RUNTIME, GENERATOR] {
        let source = layers.source();
        let mut found: Vec<String> = Vec::new();
        for entry in fs::read_dir(&source).expect("a crate has sources").flatten() {
            let name = entry.file_name().into_string().expect("a name is text");
            if !layers.faces.contains(&name.as_str()) {
                found.push(name.trim_end_matches(".rs").to_owned());
            }
        }
        found.sort();
        let mut listed: Vec<&str> = layers.rooms.to_vec();
        listed.sort_unstable();
        assert_eq!(found, listed, "{}", layers.folder);
        for room in layers.rooms {
            let file = [source.join(room).join("mod.rs"), source.join(format!("{room}.rs"))];
            let file = file.iter().find(|file| file.exists()).expect("a room has a file");
            let text = fs::read_to_string(file).expect("it can be read");
            assert!(text.starts_with("//! "), "{} does not say what it is for", file.display());
        }
    }
}

#[test]
fn files_are_short_enough_to_read() {
    for layers in [RUNTIME, GENERATOR] {
        for file in layers.files() {
            let lines = fs::read_to_string(&file).expect("it can be read").lines().count();
            assert!(lines <= MAX_LINES, "{} has {lines} lines", file.display());
        }
    }
}

#[test]
fn applications_use_nothing_that_only_generated_code_may_name() {
    let apps = fs::read_dir(workspace().join("tests/apps")).expect("there are applications").flatten();
    // What is generated and committed stands in a crate of its own.
    let written = apps.map(|entry| entry.path()).filter(|path| !path.ends_with("library-api"));
    let mut looked_at = 0;
    for source in written.flat_map(|app| [app.join("src"), app.join("tests")]).filter(|folder| folder.exists()) {
        for file in fs::read_dir(source).expect("a folder can be listed").flatten().map(|entry| entry.path()) {
            let text = fs::read_to_string(&file).unwrap_or_default();
            assert!(!text.contains("runtime::generated"), "{}", file.display());
            looked_at += 1;
        }
    }
    assert!(looked_at > 10, "{looked_at} files were looked at");
}

#[test]
fn paths_are_found_wherever_they_stand() {
    let layers = Layers { folder: "x", rooms: &["a", "b", "c"], faces: &[], exceptions: &[] };
    let source = r#"
        use crate::{a::A, b::{B, c}};
        // crate::c::InComment
        fn f() -> crate::c::C { "crate::c::InString"; $crate::c::by_macro!() }
        use super::b::Other;
        mod tests { use super::super::c::Deep; use super::own; }
        macro_rules! m { () => { crate::b::f() } }
    "#;
    let found = layers.arrows_of(Path::new("x/src/a.rs"), source);
    let found: Vec<(usize, &str)> = found.iter().map(|arrow| (arrow.line, arrow.to.as_str())).collect();
    assert_eq!(found, [(2, "b"), (4, "c"), (5, "b"), (6, "c"), (7, "b")]);
    let wrong = layers.arrows_of(Path::new("x/src/b/d/mod.rs"), "use super::super::c::X; use super::Y;");
    assert_eq!(wrong.iter().map(Arrow::to_string).collect::<Vec<_>>(), ["x/src/b/d/mod.rs:1 uses `c`"]);
    assert!(!layers.allows(&wrong[0]));
}

/// A use of another room.
struct Arrow {
    file: PathBuf,
    line: usize,
    from: String,
    to: String,
}

impl fmt::Display for Arrow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{} uses `{}`", self.file.display(), self.line, self.to)
    }
}

impl Layers {
    fn source(&self) -> PathBuf {
        workspace().join(self.folder).join("src")
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        rust_files(&self.source(), &mut files);
        files.sort();
        files
    }

    fn allows(&self, arrow: &Arrow) -> bool {
        let level = |room: &str| self.rooms.iter().position(|known| *known == room);
        let is_exception = |(file, to, _): &(&str, &str, &str)| arrow.file.ends_with(file) && arrow.to == *to;
        // What is no room, such as a type that the crate's face names, is for users of the crate.
        level(&arrow.to).is_some_and(|to| Some(to) < level(&arrow.from)) || self.exceptions.iter().any(is_exception)
    }

    fn arrows(&self, file: &Path) -> Vec<Arrow> {
        self.arrows_of(file, &fs::read_to_string(file).expect("it can be read"))
    }

    /// What a file uses of other rooms.
    fn arrows_of(&self, file: &Path, text: &str) -> Vec<Arrow> {
        let mut module: Vec<&str> = file.iter().filter_map(|part| part.to_str()).collect();
        let below = module.iter().rposition(|part| *part == "src").map_or(0, |at| at + 1);
        module.drain(..below);
        if module.len() == 1 && self.faces.contains(&module[0]) {
            return Vec::new();
        }
        let from = module[0].trim_end_matches(".rs").to_owned();
        let depth = module.len() - usize::from(module.last() == Some(&"mod.rs"));
        let mut paths = Vec::new();
        let tokens = text.parse::<TokenStream>().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        find(tokens, depth, &mut paths);
        let arrows = paths.into_iter().filter(|(to, _)| *to != from);
        arrows.map(|(to, line)| Arrow { file: file.to_owned(), line, from: from.clone(), to }).collect()
    }
}

/// Finds the paths that start at the crate, of which the first step is told. A module of this `depth` has as many
/// modules above it, the crate's root among them.
fn find(tokens: TokenStream, depth: usize, paths: &mut Vec<(String, usize)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let before = |back: usize| at.checked_sub(back).and_then(|index| tokens.get(index));
        match token {
            TokenTree::Ident(word) if word == "crate" && !before(1).is_some_and(|token| is_punct(token, '$')) => {
                first_steps(&tokens[at + 1..], paths);
            }
            TokenTree::Ident(word) if word == "super" && !is_after_path(before(1), before(2)) => {
                let supers = 1 + climbs(&tokens[at + 1..]);
                if supers >= depth {
                    first_steps(&tokens[at + 1 + (supers - 1) * 3..], paths);
                }
            }
            TokenTree::Group(group) => {
                let is_module = group.delimiter() == Delimiter::Brace
                    && matches!(before(2), Some(TokenTree::Ident(word)) if word == "mod");
                find(group.stream(), depth + usize::from(is_module), paths);
            }
            _ => {}
        }
    }
}

/// How many further `super`s follow: `::super::super`.
fn climbs(tokens: &[TokenTree]) -> usize {
    let is_super = |step: &[TokenTree]| {
        is_path_separator(step) && matches!(step.get(2), Some(TokenTree::Ident(word)) if word == "super")
    };
    tokens.chunks(3).take_while(|step| is_super(step)).count()
}

/// What follows `crate`: a name, or several in braces.
fn first_steps(tokens: &[TokenTree], paths: &mut Vec<(String, usize)>) {
    if !is_path_separator(tokens) {
        return;
    }
    let mut add = |name: &proc_macro2::Ident| paths.push((name.to_string(), line(name.span())));
    match tokens.get(2) {
        Some(TokenTree::Ident(name)) => add(name),
        Some(TokenTree::Group(group)) => {
            let mut is_first = true;
            for token in group.stream() {
                match &token {
                    TokenTree::Ident(name) if is_first => add(name),
                    _ => {}
                }
                is_first = is_punct(&token, ',');
            }
        }
        _ => {}
    }
}

fn is_after_path(before: Option<&TokenTree>, further: Option<&TokenTree>) -> bool {
    before.zip(further).is_some_and(|(last, first)| is_punct(first, ':') && is_punct(last, ':'))
}

fn is_path_separator(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Punct(first), second, ..]
        if first.as_char() == ':' && first.spacing() == Spacing::Joint && is_punct(second, ':'))
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

fn line(span: Span) -> usize {
    span.start().line
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}
