//! How generated structs are read from JSON, and written to it.

use buildflow_runtime::generated::json;

/// A member whose name has everything that JSON writes in another way.
#[derive(Debug, PartialEq)]
struct Odd {
    plain: i64,
    quoted: Option<i64>,
}

json::object!(Odd { plain, quoted: "a\\\"b\\\\\\n\u{e9}"? } omit "left\\tout" else refused);

#[test]
fn names_are_found_however_a_client_writes_them() {
    let odd = Odd { plain: 1, quoted: Some(2) };
    let written = r#"{"plain":1,"a\"b\\\né":2}"#;
    assert_eq!(json::to_string(&odd).unwrap(), written);
    for text in [
        written,
        r#"{"a\u0022b\u005c\u000A\u00e9" : 2, "\u0070lain" : 1}"#,
        r#"{ "left\tout": [], "a\"b\\\né":2 ,"plain" :1}"#,
        r#"{"left\u0009out": 1, "plain":3,"plain":1, "a\u0022b\u005c\u000A\u00e9":2}"#,
    ] {
        assert_eq!(json::from_str::<Odd>(text).as_ref(), Ok(&odd), "{text}");
    }
    for text in
        [r#"{"plain":1,"a\"b":2}"#, r#"{"plain":1,"Plain":1}"#, r#"{"plain":1,"a"b\\né":2}"#, r#"{"plain":1,"":2}"#]
    {
        assert!(json::from_str::<Odd>(text).is_err(), "{text}");
    }
    assert_eq!(failure(r#"{"plain":1,"other":2}"#), "what stands at byte 19 is not what its type asks for");
    assert_eq!(failure(" {}"), "what stands at byte 1 is not what its type asks for");
}

fn failure(text: &str) -> String {
    json::from_str::<Odd>(text).unwrap_err().to_string()
}
