//! YAML means what its core schema says, with merge keys.

use super::read;

/// The value of a text and the codes of its diagnostics.
fn value(text: &str) -> (String, Vec<&'static str>) {
    let read = read("a.yaml", text);
    (read.plain(), read.codes())
}

fn good(text: &str) -> String {
    let (plain, codes) = value(text);
    assert_eq!(codes, [""; 0], "{text}");
    plain
}

#[test]
fn plain_scalars_follow_the_core_schema() {
    assert_eq!(good("[null, Null, NULL, ~, '', ]"), "[null,null,null,null,\"\"]");
    assert_eq!(good("[true, True, TRUE, false, False, FALSE]"), "[true,true,true,false,false,false]");
    assert_eq!(good("[0, 12, -3, +4, 007, -0, 0o17, 0x1F, 0xff]"), "[0,12,-3,4,7,-0,15,31,255]");
    assert_eq!(good("[.5, 1., 1.50, 1e3, -1.E+2, +.5e-1]"), "[0.5,1.0,1.50,1e3,-1.0E+2,0.5e-1]");
    assert_eq!(good("0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"), "87112285931760246646623899502532662132735");
    assert_eq!(good("123456789012345678901234567890"), "123456789012345678901234567890");
}

#[test]
fn what_only_older_yaml_takes_for_something_else_is_a_string() {
    let text = "[yes, no, on, off, y, n, 2020-01-01, 12:30:45, 1_000, 0b11, -0x1F, 0o8, 0x, 1e, '.', e3, 3.1.0, nULL]";
    let expected = text.replace(", ", "\",\"").replace('[', "[\"").replace(']', "\"]").replace("'.'", ".");
    assert_eq!(good(text), expected);
}

#[test]
fn quoted_and_block_scalars_are_always_strings() {
    assert_eq!(
        good("['1', \"true\", '~', \"\\u00e9\\x41\\U0001F600\", 'it''s']"),
        "[\"1\",\"true\",\"~\",\"éA😀\",\"it's\"]"
    );
    assert_eq!(good("a: |\n  1\nb: >-\n  x\n  y\n\n  z\nc: |+\n  k\n\n"), r#"{"a":"1\n","b":"x y\nz","c":"k\n\n"}"#);
}

#[test]
fn keys_are_strings_exactly_as_they_are_written() {
    let text = "200: a\n0x1F: b\ntrue: c\nnull: d\n1.50: e\n'q': f\n~: g\n";
    assert_eq!(good(text), r#"{"200":"a","0x1F":"b","true":"c","null":"d","1.50":"e","q":"f","~":"g"}"#);
}

#[test]
fn numbers_that_json_does_not_have_are_errors() {
    for text in [".inf", "-.Inf", "+.INF", ".nan", ".NaN"] {
        assert_eq!(value(text).1, ["not-a-number"], "{text}");
    }
    for text in ["1e309", "-123e4567", "!!float 1e999"] {
        assert_eq!(value(text).1, ["number-out-of-range"], "{text}");
    }
    assert_eq!(good("['.inf', \".nan\"]"), "[\".inf\",\".nan\"]");
}

#[test]
fn core_tags_are_honoured_and_others_warned_of() {
    let text =
        "[!!str 12, !!int 12, !!float 1, !!bool true, !!null '', !!seq [], !!map {}, ! 12, !<tag:yaml.org,2002:str> 1]";
    assert_eq!(good(text), "[\"12\",12,1,true,null,[],{},\"12\",\"1\"]");
    assert_eq!(value("!mine 12"), ("12".to_owned(), vec!["unknown-tag"]));
    assert_eq!(value("!!set {a: 1}"), ("{\"a\":1}".to_owned(), vec!["unknown-tag"]));
    assert_eq!(value("!!int x").1, ["wrong-tag"]);
    assert_eq!(value("!!int 1.5").1, ["wrong-tag"]);
    assert_eq!(value("!!bool 1").1, ["wrong-tag"]);
    assert_eq!(value("!!float .inf").1, ["not-a-number"]);
}

#[test]
fn aliases_repeat_what_they_name() {
    assert_eq!(good("a: &x {k: [1]}\nb: *x\n"), r#"{"a":{"k":[1]},"b":{"k":[1]}}"#);
    assert_eq!(good("a: &n 0x1F\n*n : k\nb: *n\n"), r#"{"a":31,"0x1F":"k","b":31}"#);
    assert_eq!(good("a: &x 1\nb: &x 2\nc: *x\n"), r#"{"a":1,"b":2,"c":2}"#);
    assert_eq!(value("a: *x\n").1, ["syntax"]);
}

#[test]
fn merge_keys_fill_in_what_is_not_written_out() {
    let text = "base: &b {x: 1, y: 2}\nother: &o {y: 3, z: 4}\n";
    let end = |member: &str| good(&format!("{text}it:\n{member}")).split("\"it\":").nth(1).map(str::to_owned);
    assert_eq!(end("  <<: *b\n  y: 9\n").as_deref(), Some("{\"x\":1,\"y\":9}}"));
    assert_eq!(end("  a: 0\n  <<: [*b, *o]\n  c: 5\n").as_deref(), Some("{\"a\":0,\"x\":1,\"y\":2,\"z\":4,\"c\":5}}"));
    assert_eq!(end("  <<: {q: 1}\n").as_deref(), Some("{\"q\":1}}"));
    assert_eq!(end("  '<<': 1\n").as_deref(), Some("{\"<<\":1}}"));
    assert_eq!(value("<<: 1\n").1, ["wrong-merge"]);
    assert_eq!(value("<<: [{}, 1]\n").1, ["wrong-merge"]);
    assert_eq!(value("<<: {}\n<<: {}\n").1, ["duplicate-key"]);
}

#[test]
fn all_duplicate_keys_are_told_and_the_first_one_stays() {
    let text = "a: 1\na: 2\nb: {c: 1, c: 2}\n'a': 3\n";
    assert_eq!(value(text), (r#"{"a":1,"b":{"c":1}}"#.to_owned(), vec!["duplicate-key"; 3]));
}

#[test]
fn a_key_that_is_no_scalar_is_an_error_and_the_rest_is_read() {
    assert_eq!(value("{[a]: 1, b: 2}"), ("{\"b\":2}".to_owned(), vec!["wrong-key"]));
    assert_eq!(value("? {a: 1}\n: x\n? [b]\nc: 3\n"), ("{\"c\":3}".to_owned(), vec!["wrong-key"; 2]));
}

#[test]
fn an_alias_inside_its_own_value_is_an_error() {
    assert_eq!(value("a: &x [1, *x]\nb: 2\n").1, ["alias-cycle"]);
    assert_eq!(value("&r\na: {b: *r}\n").1, ["alias-cycle"]);
    assert_eq!(value("a: &m\n  <<: *m\n").1, ["alias-cycle", "wrong-merge"]);
}

#[test]
fn aliases_cannot_blow_a_document_up() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        bomb += &format!("a{level}: &a{level} [{}]\n", vec![before; 10].join(", "));
    }
    assert_eq!(value(&bomb).1, ["too-large"]);
    let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(1_000_000), vec!["*a"; 1000].join(", "));
    assert_eq!(value(&text).1, ["too-large"]);
}

#[test]
fn values_may_be_nested_128_deep_and_no_deeper() {
    let nested = |depth: usize| format!("# flow\n{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(value(&nested(128)).1, [""; 0]);
    for text in [
        nested(129),
        nested(300),
        format!("a: {}", "[".repeat(1_000_000)),
        "[".repeat(1_000_000),
        "- ".repeat(100_000),
        "? ".repeat(100_000),
        (0..200).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect(),
    ] {
        assert_eq!(value(&text).1, ["too-deep"], "{}", &text[..40]);
    }
}

#[test]
fn aliases_cannot_nest_deeper_either() {
    let mut text = format!("a0: &a0 {}{}\n", "[".repeat(100), "]".repeat(100));
    text += &format!("b: {}*a0{}\n", "[".repeat(27), "]".repeat(27));
    assert_eq!(value(&text).1, [""; 0]);
    text += &format!("c: {}*a0{}\n", "[".repeat(28), "]".repeat(28));
    assert_eq!(value(&text).1, ["too-deep"]);
}

#[test]
fn one_file_holds_one_document() {
    assert_eq!(value("a: 1\n---\nb: {\n"), ("{\"a\":1}".to_owned(), vec!["several-documents"]));
    assert_eq!(read("a.yaml", "a: 1\n---\nb: 2\n").pointed_at(), "---");
    assert_eq!(good("%YAML 1.2\n---\na: 1\n...\n"), "{\"a\":1}");
}

#[test]
fn a_file_without_a_value_is_an_error() {
    for text in ["", " \n\t\n", "# nothing\n", "---\n", "---\n...\n", "\u{feff}"] {
        assert_eq!(value(text), ("nothing".to_owned(), vec!["empty-file"]), "{text:?}");
        assert_eq!(read("a.json", "").codes(), ["empty-file"]);
    }
    assert_eq!(good("~"), "null");
}

#[test]
fn every_kind_of_line_break_is_read() {
    assert_eq!(good("a: 1\r\nb: |\r\n  x\r\n  y\r\nc:\r\n  - 1\r\n"), r#"{"a":1,"b":"x\ny\n","c":[1]}"#);
}
