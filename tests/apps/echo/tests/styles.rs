//! Each cell of the table of styles (OpenAPI 3.2 §4.12.5), and what is wrong with values in them.

use serde_json::{Value, json};
use served::{Answer, Served};

/// Sends a request; its headers are `name: value`.
fn send(path: &str, headers: &[&str]) -> Answer {
    let server = Served::start(echo::flow());
    let headers: Vec<(&str, &str)> = headers.iter().filter_map(|header| header.split_once(": ")).collect();
    server.request("GET", &format!("/styles{path}"), &headers, None)
}

/// What was decoded, without the endpoint's name.
fn decoded(path: &str, headers: &[&str]) -> Value {
    let answer = send(path, headers);
    assert_eq!(answer.status, 200, "{path} {headers:?}: {}", answer.json());
    match answer.json() {
        Value::Array(mut values) => Value::Array(values.split_off(1)),
        other => other,
    }
}

fn refused(path: &str, headers: &[&str]) -> (u16, Vec<String>) {
    let answer = send(path, headers);
    (answer.status, answer.violations())
}

fn colors() -> Value {
    json!(["blue", "black", "brown"])
}

fn rgb() -> Value {
    json!({"R": 100, "G": 200, "B": 150})
}

/// The five parameters of most endpoints: a string, lists and objects without and with `explode`.
fn all() -> Value {
    json!(["blue", colors(), colors(), rgb(), rgb()])
}

#[test]
fn simple_paths() {
    let path = "/simple/blue/blue,black,brown/blue,black,brown/R,100,G,200,B,150/R=100,G=200,B=150";
    assert_eq!(decoded(path, &[]), all());
    let encoded = decoded("/simple/a%2Cb%20c/a%2Cb,%C3%A9/x/R,1/R=1", &[]);
    assert_eq!(encoded, json!(["a,b c", ["a,b", "é"], ["x"], {"R": 1}, {"R": 1}]));
}

#[test]
fn label_paths() {
    let path = "/label/.blue/.blue,black,brown/.blue.black.brown/.R,100,G,200,B,150/.R=100.G=200.B=150";
    assert_eq!(decoded(path, &[]), all());
    assert_eq!(decoded("/label/./.a/.a/.R,1/.R=1", &[]), json!(["", ["a"], ["a"], {"R": 1}, {"R": 1}]));
}

#[test]
fn matrix_paths() {
    let path = "/matrix/;color=blue/;list=blue,black,brown/;items=blue;items=black;items=brown\
                /;object=R,100,G,200,B,150/;R=100;G=200;B=150";
    assert_eq!(decoded(path, &[]), all());
    let empty = decoded("/matrix/;color/;list=a/;items=a/;object=R,1/;R=1", &[]);
    assert_eq!(empty, json!(["", ["a"], ["a"], {"R": 1}, {"R": 1}]));
}

#[test]
fn form_queries() {
    let query = "color=blue&list=blue,black,brown&items=blue&items=black&items=brown\
                 &object=R,100,G,200,B,150&R=100&G=200&B=150";
    assert_eq!(decoded(&format!("/form?{query}"), &[]), all());
    assert_eq!(decoded("/form", &[]), json!([null, null, null, null, null]));
    assert_eq!(decoded("/form?color=&list=&items=", &[]), json!(["", [], [""], null, null]));
    assert_eq!(decoded("/form?color=a%2Bb+c&x=%zz", &[]), json!(["a+b c", null, null, null, null]));
}

#[test]
fn delimited_queries() {
    let query = "spaced=blue%20black%20brown&piped=blue%7Cblack%7Cbrown&spaced_object=R%20100%20G%20200%20B%20150\
                 &piped_object=R%7C100%7CG%7C200%7CB%7C150&repeated=blue&repeated=black&repeated=brown";
    assert_eq!(decoded(&format!("/delimited?{query}"), &[]), json!([colors(), colors(), rgb(), rgb(), colors()]));
    let plus = decoded("/delimited?spaced=blue+black+brown&piped=blue|black|brown", &[]);
    assert_eq!(plus, json!([colors(), colors(), null, null, null]));
}

#[test]
fn deep_objects() {
    let query = "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150";
    assert_eq!(decoded(&format!("/deep?{query}"), &[])[0], rgb());
    assert_eq!(decoded("/deep?color[R]=100&color[G]=200&color[B]=150", &[])[0], rgb());
    let filter = |query: &str| decoded(&format!("/deep?{query}"), &[])[1].clone();
    assert_eq!(filter("filter[name]=7&filter[new]=true"), json!({"name": "7", "new": true}));
    for tags in
        ["filter[tags]=a&filter[tags]=b", "filter[tags][]=a&filter[tags][]=b", "filter[tags][1]=b&filter[tags][0]=a"]
    {
        assert_eq!(filter(tags), json!({"tags": ["a", "b"]}));
    }
    assert_eq!(filter("filter[price][min]=1.5&filter[price][max]=2"), json!({"price": {"min": 1.5, "max": 2.0}}));
    for list in ["expand[]=a&expand[]=b", "expand[0]=a&expand[1]=b", "expand=a&expand=b"] {
        assert_eq!(decoded(&format!("/deep?{list}"), &[])[2], json!(["a", "b"]));
    }
}

#[test]
fn headers() {
    let headers =
        ["x-color: blue", "X-LIST: blue, black,brown", "x-object: R,100,G,200,B,150", "x-members: R=100,G=200, B=150"];
    assert_eq!(decoded("/header", &headers), json!(["blue", colors(), rgb(), rgb()]));
    assert_eq!(decoded("/header", &["x-color: a%20b, c"])[0], "a%20b, c");
}

#[test]
fn cookies() {
    let cookies = "color=blue; list=blue,black,brown; items=blue; items=black; items=brown; \
                   object=R,100,G,200,B,150; R=100; G=200; B=150";
    for path in ["/cookie", "/plain-cookie"] {
        assert_eq!(decoded(path, &[&format!("cookie: {cookies}")]), all());
    }
    let joined = "cookie: items=blue&items=black&items=brown; R=100&G=200&B=150; color=a%20b";
    assert_eq!(decoded("/cookie", &[joined]), json!(["a b", null, colors(), null, rgb()]));
    assert_eq!(decoded("/plain-cookie", &["cookie: color=a%20b&c"])[0], "a%20b&c");
}

#[test]
fn violations_name_the_part_that_is_wrong() {
    let answer =
        send("/deep?filter[price][max]=2000&filter[tags][]=a&color[G]=x&expand=a&expand=b&expand=c&expand=d", &[]);
    assert_eq!(answer.status, 422);
    let expected = ["query color required", "query color type", "query expand maxItems", "query filter maximum"];
    assert_eq!(answer.violations(), expected);
    let json = answer.json();
    let pointers: Vec<&str> =
        json["errors"].as_array().into_iter().flatten().filter_map(|error| error["pointer"].as_str()).collect();
    assert_eq!(pointers.len(), 3, "{json}");
    assert!(["/R", "/G", "/price/max"].iter().all(|pointer| pointers.contains(pointer)), "{json}");
}

#[test]
fn faults_of_all_parameters_are_told_together() {
    let (status, violations) = refused("/form?color=a&color=b&list=a,b,c,d&R=256&object=R", &[]);
    assert_eq!(status, 422);
    let expected = ["query color repeated", "query list maxItems", "query members maximum", "query object type"];
    assert_eq!(violations, expected);
}

#[test]
fn texts_that_cannot_be_read_are_refused() {
    let broken = [
        ("/form?color=%zz", "query color encoding"),
        ("/form?items=%ff", "query items encoding"),
        ("/label/blue/.a/.a/.R,1/.R=1", "path color encoding"),
        ("/label/.blue/.a/.a/.R,1/.R", "path members encoding"),
        ("/matrix/;colour=blue/;list=a/;items=a/;object=R,1/;R=1", "path color encoding"),
        ("/simple/a/a/a/R,1/R", "path members encoding"),
    ];
    for (path, told) in broken {
        assert_eq!(refused(path, &[]), (400, vec![told.to_owned()]), "{path}");
    }
}

#[test]
fn nested_names_are_bounded() {
    let deep = format!("/deep?filter{}=1", "[a]".repeat(40));
    assert_eq!(refused(&deep, &[]), (400, vec!["query filter encoding".to_owned()]));
    let many: Vec<String> = (0..3000).map(|number| format!("filter[a{number}]=true")).collect();
    assert_eq!(send(&format!("/deep?{}", many.join("&")), &[]).status, 200);
}
