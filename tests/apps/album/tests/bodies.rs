//! Bodies of every kind, over HTTP.

use ::album::{Pictures, album};
use buildflow_runtime::Flow;
use serde_json::json;
use served::{Answer, Served};

fn start() -> Served {
    Served::start(Flow::new().add_service(album::service(Pictures::default())))
}

fn caption(server: &Served, media_type: &str, body: &str) -> Answer {
    server.request("PUT", "/caption", &[("content-type", media_type)], Some(body))
}

fn search(server: &Served, form: &str) -> Answer {
    let form_type = ("content-type", "application/x-www-form-urlencoded");
    server.request("POST", "/photos/search", &[form_type], Some(form))
}

fn text(answer: Answer) -> (u16, String) {
    (answer.status, String::from_utf8(answer.body).expect("the answer is text"))
}

#[test]
fn the_content_type_chooses_among_bodies_and_the_closest_wins() {
    let server = start();
    let sent = [
        ("application/json; charset=utf-8", r#"{"text": "a"}"#, "json a"),
        ("application/vnd.caption+json", r#"{"text": "a"}"#, "json a"),
        ("Application/X-WWW-Form-Urlencoded", "text=a+b", "form a b"),
        ("application/xml", "<text>a</text>", "xml of 14"),
        ("text/html", "<b>", "text/html of 3"),
        ("image/svg+xml; q=1", "<svg/>", "image/svg+xml; q=1 of 6"),
    ];
    for (media_type, body, expected) in sent {
        assert_eq!(text(caption(&server, media_type, body)), (200, expected.to_owned()), "{media_type}");
    }
    assert_eq!(caption(&server, "text/plain;charset=utf-8", "/photos").status, 303);
}

#[test]
fn a_body_that_may_be_absent_is() {
    let server = start();
    assert_eq!(text(server.send("PUT", "/caption")), (200, "nothing".to_owned()));
    assert_eq!(text(caption(&server, "application/json", "")), (200, "nothing".to_owned()));
}

#[test]
fn a_body_of_unknown_length_may_be_absent_too() {
    let server = start();
    let head =
        "PUT /caption HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let (nothing, some) = (format!("{head}0\r\n\r\n"), format!("{head}d\r\n{{\"text\": \"a\"}}\r\n0\r\n\r\n"));
    assert!(server.raw(&nothing).ends_with("nothing"), "{}", server.raw(&nothing));
    assert!(server.raw(&some).ends_with("json a"), "{}", server.raw(&some));
}

#[test]
fn a_media_type_that_nobody_takes_is_415_and_told_what_is_taken() {
    let server = start();
    for media_type in ["application/pdf", "nonsense", "application/jsonx"] {
        let answer = caption(&server, media_type, "{}");
        assert_eq!(answer.status, 415, "{media_type}");
        let taken = "application/json, application/*+json, application/x-www-form-urlencoded, application/xml, text/plain, text/*, image/*";
        assert_eq!(answer.header("accept"), taken);
    }
    let answer = search(&server, "text=a");
    assert_eq!(answer.status, 200);
    let answer = server.send_json("POST", "/photos/search", "{}");
    assert_eq!((answer.status, answer.header("accept-post")), (415, "application/x-www-form-urlencoded"));
}

#[test]
fn a_body_without_a_media_type_is_taken_for_bytes() {
    let server = start();
    let raw = |path: &str| server.raw(&format!("PUT {path} HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{{}}"));
    assert!(raw("/caption").starts_with("HTTP/1.1 415 "));
    assert!(raw("/backup").starts_with("HTTP/1.1 200 "));
}

#[test]
fn text_is_checked_like_json() {
    let server = start();
    let answer = caption(&server, "text/plain", "more than twenty characters");
    assert_eq!((answer.status, answer.violations()), (422, vec!["body  maxLength".to_owned()]));
    let latin =
        "PUT /caption HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain; charset=latin1\r\ncontent-length: 1\r\n\r\n";
    let answer = server.raw_bytes(&[latin.as_bytes(), b"\xe9"].concat());
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("is not UTF-8"), "{answer}");
}

#[test]
fn forms_are_typed_by_their_schema() {
    let server = start();
    let form =
        "text=a%26b&limit=7&exact=true&tags=x&tags=y&sizes=1%7C2&order=date&near[latitude]=1.5&near[name]=n&either=7";
    let expected = json!({
        "text": "a&b", "limit": 7, "exact": true, "tags": ["x", "y"], "sizes": [1, 2], "order": "date",
        "near": {"latitude": 1.5, "name": "n"}, "either": 7,
    });
    let answer = search(&server, form);
    assert_eq!((answer.status, answer.json()), (200, expected));
    let json = search(&server, "text=1&near=%7B%22latitude%22%3A2%7D&tags[]=z").json();
    assert_eq!(json, json!({"text": "1", "near": {"latitude": 2.0}, "tags": ["z"]}));
}

#[test]
fn all_faults_of_a_form_are_told_with_their_places() {
    let server = start();
    let form = "limit=0&exact=maybe&tags=a&tags=b&tags=c&tags=d&near[latitude]=100&order=size&order=name&colour=crimson&either=long";
    let answer = search(&server, form);
    let expected = [
        "body /colour additionalProperties",
        "body /either maxLength",
        "body /exact type",
        "body /limit minimum",
        "body /near/latitude maximum",
        "body /order enum",
        "body /tags maxItems",
        "body /text required",
    ];
    assert_eq!(answer.status, 422);
    let mut told = answer.violations();
    told.dedup();
    told.retain(|one| !one.ends_with("/order type"));
    assert_eq!(told, expected);
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(!text.contains("maybe") && !text.contains("crimson"), "{text}");
}

#[test]
fn forms_that_cannot_be_read_are_400() {
    let server = start();
    for form in ["text=%zz", "text=%ff", &format!("text=a&{}=1", format_args!("a{}", "[b]".repeat(100)))] {
        assert_eq!(search(&server, form).status, 400, "{form}");
    }
    assert_eq!(search(&server, "").violations(), ["body /text required"]);
}

#[test]
fn hostile_forms_do_not_take_long() {
    let server = start();
    let started = std::time::Instant::now();
    let names: String = (0..200_000).map(|number| format!("a{number}&")).collect();
    let repeated = "tags=a&".repeat(250_000);
    let nested: String = (0..60_000).map(|number| format!("near[{number}][x][y]=1&")).collect();
    for form in [names, repeated, nested] {
        assert_eq!(search(&server, &form).status, 422);
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn a_stream_is_read_piece_by_piece_up_to_its_limit() {
    let service = album::service(Pictures::default());
    let server = Served::start(Flow::new().body_limit(1_000).upload_limit(500_000).add_service(service));
    let bytes = ("content-type", "application/octet-stream");
    let send = |length: usize| server.request("PUT", "/backup", &[bytes], Some(&"x".repeat(length)));
    assert_eq!(send(400_000).json(), json!(400_000));
    assert_eq!(send(500_001).status, 413);
    let head = "PUT /backup HTTP/1.1\r\nhost: a\r\ncontent-type: application/octet-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunk = format!("493e0\r\n{}\r\n", "x".repeat(300_000));
    let answer = server.raw(&format!("{head}{chunk}{chunk}0\r\n\r\n"));
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}
