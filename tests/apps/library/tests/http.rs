//! The application over HTTP.

use buildflow_runtime::Flow;
use library::{Branch, Catalogue};
use serde_json::{Value, json};
use served::{Answer, Served};

const KEY: (&str, &str) = ("x-librarian-key", "secret");
const JSON: (&str, &str) = ("content-type", "application/json");

fn start() -> Served {
    let branch = Branch::new(Catalogue::in_memory().expect("a database in memory"), "secret");
    Served::start(Flow::new().add_service(library_api::service(branch)))
}

fn book() -> Value {
    json!({
        "isbn": "9780131103627", "title": "C", "subtitle": null, "format": "e-book",
        "price": 19.99, "published": "1988-03-22", "copies": {"north": 2}
    })
}

fn add(server: &Served, book: &Value) -> Answer {
    server.request("POST", "/library/books", &[KEY, JSON], Some(&book.to_string()))
}

#[test]
fn a_book_comes_back_as_it_went_in() {
    let server = start();
    let added = add(&server, &book());
    assert_eq!((added.status, added.json()), (201, book()));
    assert_eq!(server.send("GET", "/library/books/9780131103627").json(), book());
    let cover = server.send("GET", "/library/books/9780131103627/cover");
    assert_eq!((cover.status, cover.header("content-type")), (200, "image/png"));
}

#[test]
fn a_protected_endpoint_is_not_served_without_its_key() {
    let server = start();
    let bare = server.send_json("POST", "/library/books", &book().to_string());
    assert_eq!((bare.status, bare.header("www-authenticate")), (401, "ApiKey"));
    let wrong = server.request("POST", "/library/books", &[("x-librarian-key", "guess"), JSON], Some("{}"));
    assert_eq!(wrong.status, 401);
    assert_eq!(server.send("GET", "/library/subjects").status, 200);
}

#[test]
fn ranges_and_defaults_carry_the_handlers_status() {
    let server = start();
    let missing = server.send("GET", "/library/books/9780131103627");
    assert_eq!((missing.status, missing.json()), (404, json!({"reason": "There is no such book."})));
    let german = server.request("GET", "/library/books/9780131103627", &[("X-Language", "de")], None);
    assert_eq!(german.json()["reason"], "Dieses Buch gibt es nicht.");
    add(&server, &book());
    assert_eq!(add(&server, &book()).status, 409);
}

#[test]
fn what_the_runtime_refuses_is_told_as_the_document_describes_errors() {
    let server = start();
    // `4XX` is `{"reason": …}`, which has no place of its own for what is wrong, and leaves it beside.
    let invalid = server.send("GET", "/library/books/7");
    assert_eq!((invalid.status, invalid.header("content-type")), (422, "application/json"));
    assert_eq!(invalid.json()["reason"], "The request breaks 1 rule of the API's description.");
    assert_eq!(invalid.violations(), ["path isbn pattern"]);
    // So does `default`, also for a status that it does not name.
    let bare = server.send_json("POST", "/library/books", "{}");
    assert_eq!((bare.status, bare.json()), (401, json!({"reason": "Unauthorized"})));
    // Nothing is described where no operation is.
    assert_eq!(server.send("GET", "/library/nothing").header("content-type"), "application/problem+json");
}

#[test]
fn a_tree_goes_in_and_out() {
    let server = start();
    let tree = json!({"name": "Science", "narrower": [{"name": "Physics", "broader": {"name": "Science"}}]});
    let put = server.request("PUT", "/library/subjects", &[KEY, JSON], Some(&tree.to_string()));
    assert_eq!(put.status, 204);
    assert_eq!(server.send("GET", "/library/subjects").json(), json!([tree]));
    let nameless = json!({"name": "a", "narrower": [{"name": "b", "narrower": [{"name": ""}]}]});
    let refused = server.request("PUT", "/library/subjects", &[KEY, JSON], Some(&nameless.to_string()));
    assert_eq!(refused.violations(), ["body /narrower/0/narrower/0/name minLength"]);
}

#[test]
fn a_bad_book_is_told_all_its_faults() {
    let server = start();
    let bad = json!({"isbn": "1", "title": 3, "format": "scroll", "price": 0.001, "copies": {"north": -1}});
    let expected = [
        "body /copies/north minimum",
        "body /format enum",
        "body /isbn pattern",
        "body /price multipleOf",
        "body /subtitle required",
        "body /title type",
    ];
    assert_eq!(add(&server, &bad).violations(), expected);
}

#[test]
fn the_service_is_served_below_its_base_route_only() {
    let server = start();
    assert_eq!(server.send("GET", "/subjects").status, 404);
    assert_eq!(server.send("GET", "/libraryx/subjects").status, 404);
    let wrong = server.send("DELETE", "/library/subjects");
    assert_eq!((wrong.status, wrong.header("allow")), (405, "GET, PUT, HEAD, OPTIONS"));
}
