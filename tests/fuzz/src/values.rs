//! JSON texts, as generated types read them and as `serde_json` does: both must say the same.

use std::collections::BTreeMap;

use buildflow_runtime::Nullable;
use buildflow_runtime::generated::json;

/// Values of every kind that both read.
type Ours = BTreeMap<String, Vec<(f64, String, Nullable<bool>)>>;
type Theirs = BTreeMap<String, Vec<(f64, String, Option<bool>)>>;

pub(crate) const WORDS: &[&str] = &[
    "\"a\":[]",
    "[1.5e3,\"b\",null]",
    "\\u00e9",
    "\\ud834\\udd1e",
    "\\ud834",
    "\\n",
    "1e400",
    "-0",
    "12345678901234567890",
    "true",
    "null",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    " \n\t\r",
];

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    [
        r#"{"a":[[1,"b",null],[-2.5e-3,"\n\u00e9\ud834\udd1e",true]],"":[]}"#,
        "{}",
        r#"{"abcdefghij": [ [0 , "\"\\" ,false] ]}"#,
    ]
    .map(|text| text.into())
    .into()
}

/// A text of JSON, or of nothing.
pub(crate) fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let ours: Option<Theirs> = json::from_str::<Ours>(text).ok().map(|ours| {
        let theirs = |(number, text, flag): (f64, String, Nullable<bool>)| (number, text, flag.into_option());
        ours.into_iter().map(|(name, list)| (name, list.into_iter().map(theirs).collect())).collect()
    });
    let theirs: Option<Theirs> = serde_json::from_str(text).ok();
    assert_eq!(ours, theirs, "a type is read in another way");
    let any = serde_json::from_str::<serde_json::Value>(text).ok();
    assert_eq!(json::from_str::<serde_json::Value>(text).ok(), any, "a value is read in another way");
    if let Some(theirs) = theirs {
        let ours: Ours = json::from_str(text).expect("it was read before");
        assert_eq!(json::to_string(&ours).ok(), serde_json::to_string(&theirs).ok(), "it is written in another way");
    }
}
