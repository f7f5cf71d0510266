//! Values of generated types are made without naming what is absent, and of one another.

use golden::enums::types::{Grade, State, Weight};
use golden::intersections::types::{BookAccepted, BookCreated, Booking, BookingInput, OwnLink};
use golden::types::types::ThingMerged;
use serde_json::json;

fn booking() -> Booking {
    Booking { wishes: Some("window".to_owned()), ..Booking::new("b1", "12A") }
}

#[test]
fn what_may_be_absent_need_not_be_named() {
    assert_eq!(booking().wishes.as_deref(), Some("window"));
    assert_eq!(ThingMerged::new(true).additional_properties.len(), 0);
    let written = serde_json::to_value(booking()).expect("it is JSON");
    assert_eq!(written, json!({"kind": "booking", "id": "b1", "seat": "12A", "wishes": "window"}));
}

#[test]
fn an_answer_is_made_of_the_component_that_it_builds_upon() {
    let links = Some(OwnLink { self_: Some("/bookings/b1".to_owned()) });
    let created = BookCreated { links: links.clone(), ..booking().into() };
    assert_eq!((created.id.as_str(), created.links), ("b1", links));
    let accepted = BookAccepted::from_booking(booking(), 3);
    assert_eq!((accepted.seat.as_str(), accepted.place, accepted.size), ("12A", 3, 1));
}

#[test]
fn what_is_answered_is_made_of_what_was_sent() {
    let sent = BookingInput { secret: Some("x".to_owned()), ..BookingInput::new("12A") };
    assert_eq!(Booking::from_booking_input(sent, "b1"), Booking::new("b1", "12A"));
}

#[test]
fn enums_are_read_from_text_and_numbers() {
    assert_eq!("closed".parse(), Ok(State::Closed));
    assert!("ajar".parse::<State>().is_err());
    assert_eq!(
        (Grade::try_from(2), Grade::Fair.as_i64(), Grade::Fair.to_string()),
        (Ok(Grade::Fair), 2, "2".to_owned())
    );
    assert_eq!((Weight::try_from(-5), i32::from(Weight::Feather)), (Ok(Weight::Fly), 1));
    let error = Weight::try_from(2).expect_err("it is not listed");
    assert_eq!(error.to_string(), "not one of the values that the document lists");
}
