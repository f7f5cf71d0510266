//! Every value knows its exact bytes.

use std::path::Path;

use buildflow_gen::diagnostic::Diagnostics;
use buildflow_gen::read::{Node, Pointer, Sources, Value};

use super::{Read, corpus, read, walk};

/// What stands in the file at a pointer.
fn at<'r>(read: &'r Read, pointer: &str) -> &'r str {
    let pointer = Pointer::parse(pointer).expect("a pointer");
    let node = read.node.as_ref().and_then(|node| node.at(&pointer));
    node.map_or("nothing", |node| read.written(node))
}

#[test]
fn json_values_span_from_their_first_to_their_last_byte() {
    let read = read("a.json", " {\"é\": [1.5, \"日本\"], \"b\" : {\"c\":null}}\n");
    assert_eq!(at(&read, ""), "{\"é\": [1.5, \"日本\"], \"b\" : {\"c\":null}}");
    assert_eq!(at(&read, "/é"), "[1.5, \"日本\"]");
    assert_eq!(at(&read, "/é/0"), "1.5");
    assert_eq!(at(&read, "/é/1"), "\"日本\"");
    assert_eq!(at(&read, "/b"), "{\"c\":null}");
    assert_eq!(at(&read, "/b/c"), "null");
}

#[test]
fn yaml_values_span_from_their_first_to_their_last_byte() {
    let text = "\
# é is two bytes
map:   # a comment
  text: plain words   # not part of it
  'quoted' : \"日本 \\\" x\"   # not part of it
  single: 'it''s' # c
  many: one
    two

  block: |  # header
    first

    last

  folded: >-
    x
  none:   # c
  flow: { a: 1, b: [x, {c: d}], e }   # c
list:
- one
-   # nothing
- - inner
- k: v
  l: w

after: *nothing
";
    let read = read("a.yaml", &text.replace("*nothing", "&anchor !!str tagged"));
    assert_eq!(at(&read, "/map/text"), "plain words");
    assert_eq!(at(&read, "/map/quoted"), "\"日本 \\\" x\"");
    assert_eq!(at(&read, "/map/single"), "'it''s'");
    assert_eq!(at(&read, "/map/many"), "one\n    two");
    assert_eq!(at(&read, "/map/block"), "first\n\n    last");
    assert_eq!(at(&read, "/map/folded"), "x");
    assert_eq!(at(&read, "/map/none"), "");
    assert_eq!(at(&read, "/map/flow"), "{ a: 1, b: [x, {c: d}], e }");
    assert_eq!(at(&read, "/map/flow/b"), "[x, {c: d}]");
    assert_eq!(at(&read, "/map/flow/b/1"), "{c: d}");
    assert_eq!(at(&read, "/list"), "- one\n-   # nothing\n- - inner\n- k: v\n  l: w");
    assert_eq!(at(&read, "/list/1"), "");
    assert_eq!(at(&read, "/list/2"), "- inner");
    assert_eq!(at(&read, "/list/3"), "k: v\n  l: w");
    assert_eq!(at(&read, "/after"), "tagged");
    assert!(at(&read, "").starts_with("map:") && at(&read, "").ends_with("tagged"));
    assert!(at(&read, "/map").starts_with("text:") && at(&read, "/map").ends_with(", e }"));
}

#[test]
fn anchors_and_tags_are_not_part_of_the_value() {
    let text = "a: &x\n  k: v\nb: !!map # c\n  k: v\nc: &y [1]\nd: !!seq\n- 1\ne: &z |\n  text\nf: &e\ng: *x\n";
    let read = read("a.yaml", text);
    assert_eq!(at(&read, "/a"), "k: v");
    assert_eq!(at(&read, "/b"), "k: v");
    assert_eq!(at(&read, "/c"), "[1]");
    assert_eq!(at(&read, "/d"), "- 1");
    assert_eq!(at(&read, "/e"), "text");
    assert_eq!(at(&read, "/f"), "");
    assert_eq!(at(&read, "/g"), "*x");
    // What the alias repeats stands where it was written.
    assert_eq!(at(&read, "/g/k"), "v");
}

#[test]
fn a_value_that_is_not_written_is_after_its_colon_or_dash() {
    let read = read("a.yaml", "a:   # c\nb: [{c: , d}]\nl:\n  -   # c\n  -\n");
    let place = |pointer: &str| {
        let node = read.node.as_ref()?.at(&Pointer::parse(pointer)?)?;
        let position = read.sources.position(node.span);
        Some((position.line, position.column))
    };
    assert_eq!(place("/a"), Some((1, 3)));
    assert_eq!(place("/b/0/d"), Some((2, 12)));
    assert_eq!(place("/l/0"), Some((4, 4)));
    assert_eq!(place("/l/1"), Some((5, 4)));
}

#[test]
fn keys_have_places_too() {
    for (name, text) in [("a.json", "{\"k\": 1}"), ("a.yaml", "# c\n\"k\" : 1\n")] {
        let read = read(name, text);
        let map = read.node.as_ref().and_then(Node::as_map).expect("a map");
        let key = map["k"].key;
        assert_eq!(&read.sources.text(key.file)[key.start as usize..key.end as usize], "\"k\"");
    }
}

#[test]
fn positions_count_lines_and_characters_from_one() {
    let read = read("dir/a.yaml", "a: 1\r\n日本: x\n");
    let node = read.node.as_ref().and_then(|node| node.get("日本")).expect("a value");
    assert_eq!(read.sources.position(node.span).to_string(), "dir/a.yaml:2:5");
    assert_eq!(read.sources.name(node.span.file), "dir/a.yaml");
    assert_eq!(read.sources.files().collect::<Vec<_>>(), [Path::new("dir/a.yaml")]);
}

/// Values stand inside what holds them, one after the other, and read as they are written.
fn check_places(read: &Read) {
    let Some(root) = &read.node else { return };
    walk(root, &mut |node| {
        let written = read.written(node);
        let children: Vec<_> = match &node.value {
            Value::List(items) => items.iter().map(|item| item.span).collect(),
            Value::Map(map) => map.values().flat_map(|member| [member.key, member.node.span]).collect(),
            Value::String(text) if !written.starts_with(['"', '\'']) && !written.contains('\n') => {
                assert_eq!(written, text.trim_end());
                return;
            }
            _ => return,
        };
        assert!(children.iter().all(|child| node.span.start <= child.start && child.end <= node.span.end));
        assert!(children.is_sorted_by(|first, second| first.end <= second.start), "{written}");
    });
}

#[test]
fn the_places_of_the_corpus_are_exact() {
    for file in corpus("the_places_of_the_corpus_are_exact") {
        let text = std::fs::read_to_string(&file).expect("a document");
        // Aliases stand elsewhere than what they repeat.
        if !text.contains(": *") && !text.contains("- *") {
            check_places(&read(&file.display().to_string(), &text));
        }
    }
}

#[test]
fn json_and_yaml_agree_about_the_corpus() {
    for file in corpus("json_and_yaml_agree_about_the_corpus") {
        let text = std::fs::read_to_string(&file).expect("a document");
        if file.extension().is_none_or(|name| name != "json") || text.contains("\\ud") || text.len() > 1_000_000 {
            continue;
        }
        // The comment makes it YAML; padding JSON with it keeps the places the same.
        let as_yaml = read("a.yaml", &format!("#\n{text}"));
        let as_json = read("a.json", &format!(" \n{text}"));
        assert_eq!(as_json.codes(), as_yaml.codes(), "{}", file.display());
        assert!(as_json.node == as_yaml.node, "{}", file.display());
    }
}

#[test]
fn files_are_read_from_disk_and_failures_name_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reading");
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    assert!(sources.read(&folder.join("pets.yaml"), &mut diagnostics).is_some());
    assert!(diagnostics.is_empty());
    for (name, code) in [("missing.yaml", "unreadable-file"), ("", "unreadable-file"), ("latin1.yaml", "not-utf8")] {
        let mut diagnostics = Diagnostics::default();
        assert!(sources.read(&folder.join(name), &mut diagnostics).is_none());
        let diagnostic = diagnostics.iter().next().expect("a diagnostic");
        assert_eq!(diagnostic.code, code);
        assert!(diagnostic.message.contains(name), "{}", diagnostic.message);
        let position = diagnostic.span.map(|span| sources.position(span));
        assert_eq!(position.map(|place| (place.line, place.column)), (code == "not-utf8").then_some((2, 8)));
    }
}
