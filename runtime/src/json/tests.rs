//! What is JSON, and what is not (RFC 8259), and that `serde_json`, which the validator reads with, sees it the same.

use std::collections::BTreeMap;

use super::{Decode, Failure, Reader, Unknown, from_str, to_string};
use crate::values::Nullable;

const NUMBERS: &[&str] =
    &["0", "-0", "7", "-7", "120", "0.5", "-0.0", "1.25", "1e3", "1E3", "1e+3", "1e-3", "0e0", "1.5E-10"];

const LONG: &[&str] = &["123456789012345678901234567890", "0.000000000000000000000000000000000001", "1e400", "-1e-400"];

const STRINGS: &[&str] = &[
    r#""""#,
    r#""a""#,
    r#"" ""#,
    r#""\"\\\/\b\f\n\r\t""#,
    r#""\u0000""#,
    r#""\u00e9\uD834\uDD1E""#,
    r#""\\u0041""#,
    r#""'""#,
    "\"\u{7f}\u{80}\u{2028}\u{feff}\u{1f980}\"",
    r#""[{\"a\":1}]""#,
];

const ARRAYS: &[&str] = &["[]", "[ ]", "[1]", "[[]]", "[1,2]", "[ 1 , \"a\" , null ]", "[[],[[]]]"];

const OBJECTS: &[&str] = &[
    "{}",
    "{ }",
    r#"{"a":1}"#,
    r#"{"":0}"#,
    r#"{"a":1,"a":2}"#,
    r#"{"\u0061":[],"b":{}}"#,
    "{\n\"a\"\t:\r\n1 , \"b\":2 }",
];

const WORDS: &[&str] = &["true", "false", "null", " true ", "\t\n\r null\r\n"];

const NO_NUMBERS: &[&str] = &[
    "-",
    "+1",
    "01",
    "-01",
    "00",
    ".5",
    "-.5",
    "1.",
    "1.e3",
    "1e",
    "1e+",
    "1.5e",
    "1e1.5",
    "0x10",
    "1_000",
    "1 000",
    "--1",
    "NaN",
    "Infinity",
    "-Infinity",
    "inf",
    "1a",
    "0e",
    "2.e-3",
    "1/2",
    "\u{ff11}",
    "1e\u{661}",
];

const NO_STRINGS: &[&str] = &[
    "\"",
    "\"a",
    "'a'",
    "a",
    "\"\\\"",
    "\"\\",
    r#""\a""#,
    r#""\x41""#,
    r#""\u""#,
    r#""\u00""#,
    r#""\u00g0""#,
    r#""\U0041""#,
    "\"\n\"",
    "\"\t\"",
    "\"\u{0}\"",
    "\"\u{1f}\"",
    r#""a"b"#,
    r#""a"""#,
    "\u{201c}a\u{201d}",
    "\"\\\u{1f980}\"",
    "\\u0041",
];

const NO_ARRAYS: &[&str] = &[
    "[",
    "]",
    "[1",
    "[1,",
    "[,",
    "[,1]",
    "[1,]",
    "[1,,2]",
    "[1 2]",
    "[1]]",
    "[1}",
    "[1:2]",
    "[\"a\":1]",
    "(1)",
    "[1;2]",
];

const NO_OBJECTS: &[&str] = &[
    "{",
    "}",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":1",
    "{\"a\":1,",
    "{\"a\":1,}",
    "{,}",
    "{\"a\"}",
    "{\"a\",1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":1,,\"b\":2}",
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "{null:1}",
    "{\"a\"::1}",
    "{\"a\":1]",
    "{\"a\":1}}",
    "{[]:1}",
    "{\"a\" 1}",
];

const NO_WORDS: &[&str] = &[
    "",
    " ",
    "tru",
    "truee",
    "True",
    "TRUE",
    "nul",
    "nulll",
    "falsey",
    "undefined",
    "true false",
    "true,",
    "\u{feff}1",
];

const NO_OTHERS: &[&str] =
    &["1 // a", "/* */ 1", "# 1", "\u{b}1", "\u{c}1", "\u{a0}1", "\u{2028}1", "1\u{0}", "*", "<a>", "\\", "@"];

/// Any value: it is read over.
struct Anything;

impl Decode for Anything {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        reader.skip().map(|()| Self)
    }
}

/// An object whose members are all passed over.
struct Passed;

impl Decode for Passed {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        reader.object(&mut [], Unknown::Skipped).map(|_| Self)
    }
}

/// How a text is read over, alone, in an array, and as a member: each must say the same.
fn is_json(text: &str) -> bool {
    let alone = from_str::<Anything>(text).is_ok();
    let in_array = from_str::<Vec<Anything>>(&format!("[ {text} ]")).is_ok_and(|items| items.len() == 1);
    let member = from_str::<Passed>(&format!("{{\"a\":{text}}}")).is_ok();
    assert_eq!((alone, alone), (in_array, member), "{text:?}");
    alone
}

#[test]
fn every_form_of_a_value_is_json() {
    for text in [NUMBERS, LONG, STRINGS, ARRAYS, OBJECTS, WORDS].concat() {
        assert!(is_json(text), "{text:?}");
    }
}

#[test]
fn what_only_looks_like_a_value_is_none() {
    for text in [NO_NUMBERS, NO_STRINGS, NO_ARRAYS, NO_OBJECTS, NO_WORDS, NO_OTHERS].concat() {
        assert!(from_str::<Anything>(text).is_err(), "{text:?}");
        assert!(serde_json::from_str::<serde::de::IgnoredAny>(text).is_err(), "{text:?}: the test is wrong");
        assert!(from_str::<f64>(text).is_err() && from_str::<String>(text).is_err(), "{text:?}");
    }
}

#[test]
fn values_are_nested_as_deep_as_serde_json_reads_them() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nested = |depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
        for depth in [1, 126, 127, 128, 129, 100_000] {
            let text = nested(depth);
            let theirs = serde_json::from_str::<serde_json::Value>(&text).is_ok();
            assert_eq!((from_str::<Anything>(&text).is_ok(), theirs), (depth < 128, depth < 128), "{depth}");
        }
    }
}

#[test]
fn an_escape_that_is_half_a_character_is_no_string() {
    for text in [r#""\ud800""#, r#""\udc00\ud800""#, r#""\ud834\u0041""#, r#""\ud834a""#, r#""\ud834\ud834""#] {
        assert!(from_str::<String>(text).is_err(), "{text}");
        assert!(from_str::<BTreeMap<String, i64>>(&format!("{{{text}:1}}")).is_err(), "{text}");
    }
    assert_eq!(from_str::<String>(r#""\ud834\udd1e\u00e9""#).as_deref(), Ok("\u{1d11e}\u{e9}"));
}

#[test]
fn the_last_of_members_with_one_name_counts() {
    assert_eq!(from_str(r#"{"a":1,"\u0061":2,"b":3}"#), Ok(BTreeMap::from([("a".to_owned(), 2), ("b".to_owned(), 3)])));
}

/// A value of every kind that both read, as we read it.
type Ours = BTreeMap<String, (f64, String, Vec<Nullable<bool>>)>;
/// The same, as `serde_json` reads it by itself.
type Theirs = BTreeMap<String, (f64, String, Vec<Option<bool>>)>;

fn assert_same(text: &str) {
    let ours: Option<Theirs> = from_str::<Ours>(text).ok().map(|ours| {
        let optional = |list: Vec<Nullable<bool>>| list.into_iter().map(Nullable::into_option).collect();
        ours.into_iter().map(|(name, (number, text, list))| (name, (number, text, optional(list)))).collect()
    });
    let theirs: Option<Theirs> = serde_json::from_str(text).ok();
    assert_eq!(ours, theirs, "{text:?}");
    if let Some(theirs) = theirs {
        let ours: Ours = from_str(text).unwrap();
        assert_eq!(to_string(&ours).unwrap(), serde_json::to_string(&theirs).unwrap());
    }
    let value = serde_json::from_str::<serde_json::Value>(text);
    assert!(from_str::<Anything>(text).is_ok() || value.is_err(), "{text:?}: it is JSON");
    assert_eq!(from_str::<serde_json::Value>(text).ok(), value.ok(), "{text:?}");
}

#[test]
fn mutated_texts_are_read_as_serde_json_reads_them() {
    const SEED: &str = r#"{"a": [1.5e3, "x\n\u00e9\ud834\udd1e", [true, null]], "bcdefghijk" : [-0, "\"", []],"":[12345678901234567890,"",[false]]}"#;
    const PIECES: &[&str] = &[
        "\"",
        "\\",
        "\\u",
        "\\ud834",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "0",
        "-",
        ".",
        "e",
        "1e400",
        "null",
        "tru",
        " ",
        "\n",
        "\u{1}",
        "\u{e9}",
        "[1,\"a\",[]]",
        "\"a\":",
    ];
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..60_000 {
        let mut text: Vec<char> = SEED.chars().collect();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..text.len().max(1));
            match random.u8(..3) {
                0 if !text.is_empty() => drop(text.remove(at)),
                1 => text.truncate(at.max(1)),
                _ => drop(text.splice(at..at, PIECES[random.usize(..PIECES.len())].chars())),
            }
        }
        assert_same(&text.into_iter().collect::<String>());
    }
}
