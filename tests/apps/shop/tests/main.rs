//! The services of a flow file, over HTTP.

mod parts;

use serde_json::json;
use served::Served;
use shop::flow;

#[test]
fn each_service_answers_below_its_base_route() {
    let server = Served::start(flow());
    let listed = server.send("GET", "/products");
    assert_eq!((listed.status, listed.json()), (200, json!([{"sku": "TEA-001", "price": 450}])));
    let placed = server.send_json("POST", "/orders", r#"{"sku": "TEA-001", "count": 2}"#);
    assert_eq!((placed.status, placed.json()), (201, json!({"sku": "TEA-001", "count": 2})));
    let refused = server.send_json("POST", "/orders", r#"{"sku": "tea", "count": 0}"#);
    assert_eq!(
        (refused.status, refused.violations()),
        (422, ["body /count minimum", "body /sku pattern"].map(str::to_owned).to_vec())
    );
    assert_eq!(server.send("POST", "/products").status, 405);
    assert_eq!(server.send("GET", "/").status, 404);
}

#[test]
fn each_service_shows_its_own_document_and_the_flow_lists_both() {
    let server = Served::start(flow());
    for (name, title) in [("products", "Products"), ("orders", "Orders")] {
        let document = server.send("GET", &format!("/{name}/openapi.json")).json();
        let address = json!([{"url": format!("../{name}")}]);
        assert_eq!((&document["info"]["title"], &document["servers"]), (&json!(title), &address));
    }
    let page = String::from_utf8(server.send("GET", "/docs").body).expect("a page is text");
    assert!(page.contains(r#"href="products/docs""#) && page.contains(r#"href="orders/docs""#), "{page}");
}
