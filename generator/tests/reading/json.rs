//! JSON is read strictly, and nothing of it is lost.

use super::read;

#[test]
fn every_kind_of_value_is_read_and_numbers_keep_their_digits() {
    let text = r#" {"a": [null, true, false, "x"], "n": [0, -0, 1.50, 1e3, -2E-7, 12345678901234567890.10]} "#;
    let expected = r#"{"a":[null,true,false,"x"],"n":[0,-0,1.50,1e3,-2E-7,12345678901234567890.10]}"#;
    assert_eq!(read("a.json", text).plain(), expected);
}

#[test]
fn escapes_are_read_surrogate_pairs_too() {
    let text = r#"["\ud83d\ude00", "\u00e9\n\t\r\b\f\/\\\"", "\u0000", "日本"]"#;
    let expected = r#"["😀","é\n\t\r\u{8}\u{c}/\\\"","\0","日本"]"#;
    assert_eq!(read("a.json", text).plain(), expected);
}

#[test]
fn one_half_of_a_surrogate_pair_is_an_error_at_its_place() {
    for text in [r#"["\ud83d"]"#, r#"["\ud83dx"]"#, r#"["\ude00"]"#, r#"["\ud83d\u0041"]"#] {
        let read = read("a.json", text);
        assert_eq!(read.codes(), ["syntax"], "{text}");
        assert!(read.pointed_at().starts_with("\\u"), "{}", read.pointed_at());
    }
}

#[test]
fn what_is_not_json_is_refused() {
    let texts = [
        "[1,]",
        "{\"a\":1,}",
        "{'a':1}",
        "{a:1}",
        "[1 2]",
        "[1",
        "{",
        "{\"a\"",
        "{\"a\":",
        "[,1]",
        "[01]",
        "[+1]",
        "[.5]",
        "[1.]",
        "[1e]",
        "[-]",
        "[0x1F]",
        "[NaN]",
        "[Infinity]",
        "[-Infinity]",
        "[nul]",
        "[True]",
        "[nulll]",
        "// c\n{}",
        "{} // c",
        "/* c */ {}",
        "# c\n{}",
        "{} {}",
        "[\"\\x\"]",
        "[\"\\u12\"]",
        "[\"\\u12é\"]",
        "[\"a\nb\"]",
        "[\"a\u{1}b\"]",
        "[\"",
        "[\"\\",
        "[1}",
        "{\"a\":1]",
        "\u{a0}[]",
        "\u{b}[]",
        "openapi: 3.0.0",
        "]",
        "[1,,2]",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "\"\\u",
    ];
    for text in texts {
        let read = read("a.json", text);
        assert!(read.node.is_none(), "{text:?} was read");
        assert_eq!(read.codes(), ["syntax"], "{text:?}");
        let help = read.diagnostics.iter().all(|diagnostic| diagnostic.help.is_some());
        assert!(help, "{text:?} has no help");
    }
}

#[test]
fn numbers_that_no_double_holds_are_errors() {
    for text in ["[1e309]", "[-1e999]", &format!("[{}]", "9".repeat(400))] {
        assert_eq!(read("a.json", text).codes(), ["number-out-of-range"], "{text}");
    }
    assert_eq!(read("a.json", "[1e308,1e-999]").codes(), [""; 0]);
}

#[test]
fn all_duplicate_keys_are_told_and_the_first_one_stays() {
    let read = read("a.json", r#"{"a": 1, "a": 2, "b": {"c": 1, "\u0063": 2}, "a": 3}"#);
    assert_eq!(read.codes(), ["duplicate-key"; 3]);
    assert_eq!(read.plain(), r#"{"a":1,"b":{"c":1}}"#);
    let places = read.diagnostics.iter().map(|diagnostic| {
        let first = diagnostic.related[0].0.start;
        (diagnostic.span.expect("a place").start, first)
    });
    assert_eq!(places.collect::<Vec<_>>(), [(9, 1), (31, 23), (45, 1)]);
}

#[test]
fn values_may_be_nested_128_deep_and_no_deeper() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(read("a.json", &nested(128)).codes(), [""; 0]);
    assert_eq!(read("a.json", &nested(129)).codes(), ["too-deep"]);
    assert_eq!(read("a.json", &"[".repeat(1_000_000)).codes(), ["too-deep"]);
    assert_eq!(read("a.json", &"{\"a\":".repeat(200_000)).codes(), ["too-deep"]);
}

#[test]
fn a_file_of_any_name_may_hold_json() {
    assert_eq!(read("spec", "{\"a\":\t\"\\ud83d\\ude00\"}").plain(), "{\"a\":\"😀\"}");
    assert_eq!(read("spec.yaml", "\n [\t1]").plain(), "[1]");
    assert_eq!(read("spec.yaml", "{a: 1} # not JSON").plain(), "{\"a\":1}");
}

#[test]
fn a_byte_order_mark_is_not_part_of_the_text() {
    for name in ["a.json", "a.yaml"] {
        let read = read(name, "\u{feff}{\"a\": 1}");
        assert_eq!(read.plain(), "{\"a\":1}");
        assert_eq!(read.node.map(|node| node.span.start), Some(0));
    }
}
