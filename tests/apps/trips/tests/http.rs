//! The application over HTTP.

use buildflow_runtime::Flow;
use serde_json::{Value, json};
use served::Served;
use trips::Office;

fn start() -> Served {
    Served::start(Flow::new().add_service(trips::trips::service(Office::default())))
}

#[test]
fn an_answer_is_made_of_a_booking_in_each_of_its_forms() {
    let server = start();
    let sent = json!({"kind": "booking", "trip": "EC 41", "passenger": "Ada", "class": 1, "bicycle": true});
    let booked = server.send_json("POST", "/bookings", &sent.to_string());
    assert_eq!(booked.status, 201, "{}", booked.json());
    let expected = json!({
        "kind": "booking", "id": 1, "trip": "EC 41", "passenger": "Ada", "class": 1, "bicycle": true,
        "state": "held", "self": "/bookings/1",
    });
    assert_eq!(booked.json(), expected);
    let read = server.send("GET", "/bookings/1").json();
    assert_eq!((&read["price"], &read["kind"], &read["self"]), (&json!(12_500), &json!("booking"), &Value::Null));
    assert_eq!(server.send("GET", "/bookings/2").status, 404);
}

#[test]
fn a_payment_tells_its_source_by_its_type() {
    let server = start();
    let sent = json!({"kind": "booking", "trip": "EC 41", "passenger": "Ada"});
    assert_eq!(server.send_json("POST", "/bookings", &sent.to_string()).status, 201);
    let card = json!({"type": "card", "number": "4242424242424242", "expires": "12/28"});
    let paid = server.send_json("POST", "/bookings/1/payment", &json!({"amount": 1, "source": card}).to_string());
    let shown = json!({"type": "card", "number": "0000000000004242", "expires": "12/28"});
    assert_eq!(paid.json(), json!({"amount": 1, "currency": "eur", "source": shown}));
    assert_eq!(server.send("GET", "/bookings/1").json()["state"], "paid");

    let account = json!({"type": "bank_account", "iban": "DE02120300000000202051"});
    let body = json!({"amount": 1, "source": account, "voucher": null, "currency": "sek"});
    assert_eq!(server.send_json("POST", "/bookings/1/payment", &body.to_string()).json(), body);
}

#[test]
fn what_is_wrong_is_told_at_its_place() {
    let server = start();
    let wrong = json!({"kind": "trip", "trip": "EC 41", "passenger": "", "class": 3});
    let refused = server.send_json("POST", "/bookings", &wrong.to_string());
    let expected = ["body /class enum", "body /kind const", "body /passenger minLength"];
    assert_eq!((refused.status, refused.violations()), (422, expected.map(str::to_owned).to_vec()));
    let wrong = json!({"amount": 0, "source": {"type": "cash"}, "currency": "usd"});
    let refused = server.send_json("POST", "/bookings/1/payment", &wrong.to_string());
    let expected = ["body /amount minimum", "body /currency enum", "body /source/type enum"];
    assert_eq!((refused.status, refused.violations()), (422, expected.map(str::to_owned).to_vec()));
}

#[test]
fn a_page_has_stations() {
    let stations = start().send("GET", "/stations").json();
    assert_eq!(stations["data"][0], json!({"id": "ber", "name": "Berlin Hbf", "country": "DE", "platforms": 14}));
    assert_eq!((stations["data"][1].get("platforms"), stations.get("next")), (None, Some(&Value::Null)));
}
