//! Forms with files, over HTTP.

use std::io::Write as _;
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use ::album::{Pictures, album};
use buildflow_runtime::Flow;
use serde_json::json;
use served::{Answer, Served};

fn start() -> Served {
    Served::start(Flow::new().add_service(album::service(Pictures::default())))
}

/// One part of a form: its head after the name, and what it holds.
fn part(name: &str, more: &str, content: &str) -> String {
    format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{content}\r\n")
}

fn photo(content: &str) -> String {
    part("photo", "; filename=\"a.png\"\r\nContent-Type: image/png", content)
}

fn send(server: &Served, parts: &[String]) -> Answer {
    send_raw(server, &format!("{}--cut--\r\n", parts.concat()))
}

fn send_raw(server: &Served, body: &str) -> Answer {
    server.request("POST", "/photos", &[("content-type", "multipart/form-data; boundary=\"cut\"")], Some(body))
}

#[test]
fn fields_are_typed_and_files_are_files() {
    let server = start();
    let parts = [
        part("caption", "", "A \"cat\""),
        photo("not really"),
        part("details", "; filename=\"1\"", "one"),
        part("details", "; filename=\"2\"", "three"),
        part("place", "\r\nContent-Type: application/json", r#"{"latitude": 1, "name": "home"}"#),
        part("tags", "", "cat"),
        part("tags", "", "sofa"),
        part("taken", "", "2026"),
    ];
    let answer = send(&server, &parts);
    let expected = json!({
        "id": 1, "caption": "A \"cat\"", "bytes": 10, "details": [3, 5], "name": "a.png", "kind": "image/png",
        "place": {"latitude": 1.0, "name": "home"}, "tags": ["cat", "sofa"],
    });
    assert_eq!((answer.status, answer.json()), (201, expected));
    assert_eq!((answer.header("location"), answer.header("etag")), ("/photos/1/file", "\"1\""));
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["last=A%20%22cat%22", "seen=1; Path=/"]);

    let file = server.send("GET", "/photos/1/file");
    assert_eq!(
        (file.status, file.header("content-type"), file.body.as_slice()),
        (200, "image/png", &b"not really"[..])
    );
}

#[test]
fn what_clients_say_becomes_no_attribute_of_a_cookie_and_no_header() {
    let answer = send(&start(), &[part("caption", "", "a; Domain=b\r\nX-Set: c"), photo("")]);
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert_eq!((answer.status, answer.header("x-set")), (201, ""));
    assert_eq!(cookies, ["last=a%3B%20Domain=b%0D%0AX-Set:%20c", "seen=1; Path=/"]);
}

#[test]
fn large_files_come_whole() {
    let server = start();
    let content = "0123456789".repeat(100_000);
    let answer = send(&server, &[photo(&content), part("caption", "", "large")]);
    assert_eq!((answer.status, &answer.json()["bytes"]), (201, &json!(1_000_000)));
    assert_eq!(server.send("GET", "/photos/1/file").body, content.as_bytes());
}

#[test]
fn all_faults_of_a_form_are_told_with_their_places() {
    let server = start();
    let detail = || part("details", "; filename=\"1\"", "x");
    let parts = [
        part("caption", "", ""),
        detail(),
        detail(),
        detail(),
        part("place", "", r#"{"latitude": 100}"#),
        part("tags", "", "x"),
        part("taken", "", "today"),
        part("colour", "", "red"),
    ];
    let answer = send(&server, &parts);
    let expected = [
        "body /caption minLength",
        "body /colour additionalProperties",
        "body /details maxItems",
        "body /photo required",
        "body /place/latitude maximum",
        "body /tags/0 minLength",
        "body /taken type",
    ];
    assert_eq!((answer.status, answer.violations()), (422, expected.map(str::to_owned).to_vec()));
}

#[test]
fn a_file_that_was_not_chosen_is_absent() {
    let server = start();
    let none = part("photo", "; filename=\"\"\r\nContent-Type: application/octet-stream", "");
    assert_eq!(send(&server, &[part("caption", "", "a"), none]).violations(), ["body /photo required"]);
    let twice = [part("caption", "", "a"), photo("a"), photo("b")];
    assert_eq!(send(&server, &twice).status, 422);
}

#[test]
fn forms_that_cannot_be_read_are_400() {
    let server = start();
    let whole = format!("{}{}--cut--\r\n", part("caption", "", "a"), photo("b"));
    for length in [0, 5, 30, 80, whole.len() - 60, whole.len() - 10] {
        assert_eq!(send_raw(&server, &whole[..length]).status, 400, "{length} bytes");
    }
    let nameless = "--cut\r\nContent-Disposition: form-data\r\n\r\na\r\n--cut--\r\n";
    assert_eq!(send_raw(&server, nameless).status, 400);
    let broken_json = part("place", "\r\nContent-Type: application/json", "{");
    assert_eq!(send(&server, &[broken_json]).violations(), ["body /place malformed"]);
    let form = ("content-type", "multipart/form-data");
    assert_eq!(server.request("POST", "/photos", &[form], Some("a")).status, 400);
    assert_eq!(server.send("POST", "/photos").status, 415);
    let json = server.send_json("POST", "/photos", "{}");
    assert_eq!((json.status, json.header("accept-post")), (415, "multipart/form-data"));
}

#[test]
fn too_much_is_413() {
    let service = album::service(Pictures::default());
    let server = Served::start(Flow::new().body_limit(10_000).upload_limit(200_000).add_service(service));
    let caption = part("caption", "", "a");
    let ok = send(&server, &[caption.clone(), photo(&"x".repeat(190_000))]);
    assert_eq!(ok.status, 201);
    assert_eq!(send(&server, &[caption.clone(), photo(&"x".repeat(200_001))]).status, 413);
    assert_eq!(send(&server, &[part("caption", "", &"x".repeat(10_001))]).status, 413);
    let many: Vec<String> = (0..1_001).map(|_| part("t", "", "")).collect();
    assert_eq!(send(&server, &many).status, 413);
    let long_head = part("caption", &format!("\r\nX-A: {}", "a".repeat(200_000)), "a");
    assert!([400, 413].contains(&send(&server, &[long_head]).status));
}

#[test]
fn a_service_has_limits_of_its_own() {
    let limited = album::service(Pictures::default())
        .service_id("limited")
        .base_route("/limited")
        .upload_limit(100_000)
        .field_limit(20);
    let services = [limited.part_limit(3).body_limit(1_000), album::service(Pictures::default())];
    let server = Served::start(services.into_iter().fold(Flow::new(), Flow::add_service));
    let send = |route: &str, parts: &[String]| {
        let form = ("content-type", "multipart/form-data; boundary=cut");
        let answer = server.request("POST", route, &[form], Some(&format!("{}--cut--\r\n", parts.concat())));
        let detail = answer.json().get("detail").and_then(|detail| Some(detail.as_str()?.to_owned()));
        (answer.status, detail.unwrap_or_default())
    };
    let caption = |length: usize| part("caption", "", &"x".repeat(length));
    let refused = |detail: &str| (413, detail.to_owned());
    let (small, large) = (photo("small"), photo(&"x".repeat(100_001)));
    assert_eq!(send("/limited/photos", &[caption(20), small.clone()]).0, 201);
    let field = "A field may have at most 20 bytes.";
    assert_eq!(send("/limited/photos", &[caption(21), small.clone()]), refused(field));
    let detail = || part("details", "; filename=\"1\"", "x");
    assert_eq!(send("/limited/photos", &[caption(1), small.clone(), detail()]).0, 201);
    let four = [caption(1), small.clone(), detail(), detail()];
    assert_eq!(send("/limited/photos", &four), refused("The body may have at most 3 parts."));
    assert_eq!(send("/limited/photos", &[caption(1), large.clone()]).0, 413);
    assert_eq!(send("/photos", &[caption(21), large, detail(), detail()]).0, 201);

    // What the document says.
    let many: Vec<String> = (0..101).map(|_| part("tags", "", "cat")).collect();
    assert_eq!(send("/photos", &many), refused("The body may have at most 100 parts."));
    assert_eq!(send("/photos", &[caption(50_001)]), refused("A field may have at most 50000 bytes."));
}

/// How many temporary files this process has open.
fn open_files() -> usize {
    let links = std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    let targets = links.filter_map(|entry| std::fs::read_link(entry.path()).ok());
    targets.filter(|target| target.to_string_lossy().ends_with("(deleted)")).count()
}

#[test]
fn a_client_that_goes_away_leaves_no_file() {
    let server = start();
    let before = open_files();
    let head = "POST /photos HTTP/1.1\r\nhost: a\r\ncontent-type: multipart/form-data; boundary=cut\r\ncontent-length: 9000000\r\n\r\n";
    let mut clients = Vec::new();
    for _ in 0..4 {
        let mut client = TcpStream::connect(server.address()).expect("the server listens");
        let begun = photo(&"x".repeat(1_000_000));
        client.write_all(format!("{head}{}", &begun[..900_000]).as_bytes()).expect("the server reads");
        clients.push(client);
    }
    if cfg!(target_os = "linux") {
        wait_until(|| open_files() == before + 4);
    }
    clients.iter().for_each(|client| drop(client.shutdown(Shutdown::Both)));
    drop(clients);
    wait_until(|| open_files() == before);
    assert_eq!(send(&server, &[part("caption", "", "a"), photo("b")]).status, 201);
}

fn wait_until(holds: impl Fn() -> bool) {
    for _ in 0..100 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it does not come to be, with {} files open", open_files());
}
