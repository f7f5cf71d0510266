//! Parameters of any content, type and presence.

use serde_json::{Value, json};
use served::{Answer, Served};

fn send(path: &str, headers: &[(&str, &str)]) -> Answer {
    Served::start(echo::flow()).request("GET", &format!("/values{path}"), headers, None)
}

/// What was decoded, without the endpoint's name.
fn decoded(path: &str) -> Value {
    let answer = send(path, &[]);
    assert_eq!(answer.status, 200, "{path}: {}", answer.json());
    match answer.json() {
        Value::Array(mut values) => Value::Array(values.split_off(1)),
        other => other,
    }
}

fn refused(path: &str) -> (u16, Vec<String>) {
    let answer = send(path, &[]);
    (answer.status, answer.violations())
}

fn told(code: &str) -> (u16, Vec<String>) {
    (if code.ends_with("encoding") { 400 } else { 422 }, vec![code.to_owned()])
}

#[test]
fn json_stands_in_any_place() {
    let point = r#"{"x":1,"y":null}"#;
    let answer = send(
        &format!("/content?json={}&any=[1]&text=hello", point.replace('"', "%22")),
        &[("x-point", point), ("cookie", "point=%7B%22x%22:2%7D")],
    );
    let expected = json!(["content", {"x": 1, "y": null}, [1], "hello", {"x": 1, "y": null}, {"x": 2}]);
    assert_eq!((answer.status, answer.json()), (200, expected));
}

#[test]
fn json_that_is_wrong_is_told_at_its_place() {
    assert_eq!(refused("/content?json={"), told("query json encoding"));
    assert_eq!(refused("/content?json={%22x%22:1}x"), told("query json encoding"));
    assert_eq!(refused("/content?json=[]"), told("query json type"));
    assert_eq!(refused("/content?text=longer"), told("query text maxLength"));
    let answer = send("/content?json={%22x%22:-1,%22z%22:0}", &[]);
    let pointers: Vec<Value> =
        answer.json()["errors"].as_array().into_iter().flatten().map(|error| error["pointer"].clone()).collect();
    assert_eq!(answer.violations(), ["query json additionalProperties", "query json minimum"]);
    assert!(pointers.contains(&json!("/x")) && pointers.contains(&json!("/z")), "{pointers:?}");
}

#[test]
fn the_query_string_may_be_one_parameter() {
    assert_eq!(decoded("/form-query?x=1&y=2"), json!([{"x": 1, "y": 2}]));
    assert_eq!(refused("/form-query?x=a"), told("querystring whole type"));
    assert_eq!(refused("/form-query"), told("querystring whole required"));
    assert_eq!(decoded("/json-query?%7B%22x%22%3A1%7D"), json!([{"x": 1}]));
    assert_eq!(decoded("/json-query"), json!([null]));
    assert_eq!(decoded("/text-query?$.a.b%5B1%3A1%5D+c"), json!(["$.a.b[1:1]+c"]));
}

#[test]
fn texts_become_the_type_that_the_schema_allows() {
    let id = |text: &str| decoded(&format!("/union/{text}"))[0].clone();
    assert_eq!([id("7"), id("seven")], [json!(7), json!("seven")]);
    // It is no integer that is allowed, but a string that is.
    assert_eq!(id("700"), json!("700"));
    assert_eq!(refused("/union/x").0, 422);
    let query = |query: &str| decoded(&format!("/union/1?{query}"));
    assert_eq!([&query("created=5")[1], &query("created[gt]=5")[1]], [&json!(5), &json!({"gt": 5})]);
    assert_eq!(
        [&query("mixed=true")[2], &query("mixed=1.5")[2], &query("mixed=")[2]],
        [&json!(true), &json!(1.5), &json!(null)]
    );
    assert_eq!(query("several=1&several=2")[3], json!([1, 2]));
    assert_eq!(query("any=7")[4], json!("7"));
    assert_eq!(query("odd=3")[5], json!(3));
    assert_eq!(refused("/union/1?odd=2"), told("query odd not"));
    assert_eq!(refused("/union/1?mixed=maybe"), told("query mixed type"));
    assert_eq!(refused("/union/1?created[lt]=5").0, 422);
}

#[test]
fn a_free_object_takes_what_is_no_other_parameter() {
    assert_eq!(decoded("/free?limit=10&a=1&b=2"), json!([10, {"a": 1, "b": 2}]));
    assert_eq!(decoded("/free?limit=10"), json!([10, null]));
    assert_eq!(refused("/free?limit=10&a=10"), told("query labels maximum"));
}

#[test]
fn absent_parameters_have_their_defaults() {
    let nothing = json!([[1, 2], {"x": 0}, 7, null, null, {}]);
    assert_eq!(decoded("/defaults"), nothing);
    let given = decoded("/defaults?list=3&point[x]=4&point[y]=5&size=6&flag=true&name=n&a=1");
    assert_eq!(given, json!([[3], {"x": 4, "y": 5}, 6, true, "n", {"a": 1}]));
}

#[test]
fn an_empty_value_counts_as_absent_where_the_document_allows_it() {
    assert_eq!(decoded("/defaults?size=&flag&name="), json!([[1, 2], {"x": 0}, 7, null, "", {}]));
    assert_eq!(refused("/free?limit="), told("query limit type"));
}
