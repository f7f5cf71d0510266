//! Large bodies with mistakes: how much is told of them.

use crate::numbers::put;

/// What is told of a list of `count` different numbers, the last of which are these.
fn told(count: usize, last: &str) -> (u16, Vec<String>) {
    let numbers: String = (0..count).map(|number| format!("{number},")).collect();
    let answer = put("", &format!(r#"{{"parts":[{numbers}{last}]}}"#));
    (answer.status, answer.violations())
}

#[test]
fn everything_is_told_where_there_is_little() {
    let all = ["body /parts uniqueItems", "body /parts/2000 type", "body /parts/2001 multipleOf"];
    assert_eq!(told(2_000, r#""a",0.001,1"#), (422, all.map(str::to_owned).into()));
}

#[test]
fn the_first_is_told_where_all_would_take_too_long() {
    let first = ["body  more", "body /parts/20000 type"];
    assert_eq!(told(20_000, r#""a","b""#), (422, first.map(str::to_owned).into()));
}

#[test]
fn the_place_is_told_where_the_decoder_stopped_in_very_many_values() {
    let place = ["body  more", "body /parts/60000 schema"];
    assert_eq!(told(60_000, r#""a",{"b":[1]}"#), (422, place.map(str::to_owned).into()));
    // What is no JSON further on is no JSON.
    assert_eq!(told(60_000, r#""a",{"b":[1}"#), (400, vec!["body  malformed".to_owned()]));
    // The decoder takes what only a check refuses.
    let nowhere = ["body  more", "body  schema"];
    assert_eq!(told(60_000, "1"), (422, nowhere.map(str::to_owned).into()));
    assert_eq!(told(60_000, "0.5").0, 200);
}
