//! The requests that are measured, and what their answers should be.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use http_body_util::Full;

/// The requests of this name; they take turns.
pub fn named(name: &str) -> Option<Vec<Sent>> {
    Some(match name.split(' ').collect::<Vec<_>>().as_slice() {
        ["post"] => vec![post()],
        ["get"] => vec![get()],
        ["large"] => vec![large()],
        ["wide", width] => vec![wide(width.parse().ok()?, false)],
        ["wide", width, "reversed"] => vec![wide(width.parse().ok()?, true)],
        #[cfg(feature = "github")]
        ["github"] => crate::routes::requests(),
        _ => vec![HOSTILE.iter().find(|(hostile, _)| *hostile == name)?.1()],
    })
}

/// A request, to be sent as often as one likes.
#[derive(Clone)]
pub struct Sent {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// The status that answers it.
    pub status: StatusCode,
}

impl Sent {
    pub fn get(uri: &str) -> Self {
        Self::new(Method::GET, uri, "", StatusCode::OK)
    }

    pub fn post(uri: &str, body: impl Into<Bytes>, status: u16) -> Self {
        let status = StatusCode::from_u16(status).expect("it is a status");
        let mut sent = Self::new(Method::POST, uri, body, status);
        sent.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        sent
    }

    fn new(method: Method, uri: &str, body: impl Into<Bytes>, status: StatusCode) -> Self {
        // What every client sends.
        let headers = HeaderMap::from_iter([
            (HOST, HeaderValue::from_static("127.0.0.1:8000")),
            (USER_AGENT, HeaderValue::from_static("bench/1")),
            (http::header::ACCEPT, HeaderValue::from_static("*/*")),
        ]);
        Self { method, uri: uri.parse().expect("it is a URI"), headers, body: body.into(), status }
    }

    /// One more of it.
    pub fn request(&self) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(self.body.clone()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        request
    }
}

/// An order of five fields.
pub const ORDER: &str = r#"{"item":"Espresso machine","quantity":2,"price":349.5,"express":true,"note":"Leave it with the neighbour, please."}"#;

/// `POST` of an order.
pub fn post() -> Sent {
    Sent::post("/orders", ORDER, 201)
}

/// `GET` with a path parameter and two of the query.
pub fn get() -> Sent {
    Sent::get("/orders/4711/events?limit=50&kind=delivery")
}

/// An object of so many members, in the order of the document, or the other way round.
pub fn wide(width: usize, reversed: bool) -> Sent {
    let member = |number: usize| match number % 3 {
        0 => format!("\"member_{number:03}\":\"the value of it\""),
        1 => format!("\"member_{number:03}\":12345"),
        _ => format!("\"member_{number:03}\":true"),
    };
    let mut members: Vec<String> = (0..width).map(member).collect();
    if reversed {
        members.reverse();
    }
    Sent::post(&format!("/wide/{width}"), format!("{{{}}}", members.join(",")), 204)
}

/// How long a body is that is meant to cost a lot.
const LARGE: usize = 1024 * 1024;

/// A body of this beginning and end, and between them as many of these parts as fit.
fn filled(start: &str, part: impl Fn(usize) -> String, end: &str) -> String {
    let mut text = start.to_owned();
    for number in 0.. {
        let part = part(number);
        if text.len() + part.len() + end.len() + 1 > LARGE {
            break;
        }
        if number > 0 {
            text.push(',');
        }
        text.push_str(&part);
    }
    text + end
}

/// A megabyte of valid orders.
pub fn large() -> Sent {
    Sent::post("/batches", filled("{\"orders\":[", |_| ORDER.to_owned(), "]}"), 204)
}

/// A request by its name.
pub type Hostile = (&'static str, fn() -> Sent);

/// Megabytes that are meant to cost more, by what is wrong with them.
pub const HOSTILE: [Hostile; 21] = [
    ("every order is wrong in every field", || orders(r#"{"item":"","quantity":0,"price":-1,"express":0,"note":1}"#)),
    ("the last order is wrong", || batch(filled("{\"orders\":[", |_| ORDER.to_owned(), ",{}]}"))),
    ("orders are numbers", || orders("1")),
    ("orders are empty objects", || orders("{}")),
    ("unknown members", || batch(filled("{\"orders\":[],", |number| format!("\"m{number}\":1"), "}"))),
    ("unknown members of orders", || orders(r#"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}"#)),
    ("orders of one unknown member", || orders(r#"{"a":1}"#)),
    ("different labels", || Sent { status: StatusCode::NO_CONTENT, ..labels(|number| format!("\"{number}\""), "]}") }),
    ("different labels, and the same twice", || labels(|number| format!("\"{number}\""), ",\"1\"]}")),
    ("labels that are numbers, the same as floats", || labels(|number| (u64::MAX - number as u64).to_string(), "]}")),
    ("labels with escapes", || labels(|number| format!("\"\\u00e9\\n{number}\""), ",1]}")),
    ("payments of no kind", || payments(r#"{"a":1}"#)),
    ("payments of two kinds", || payments(r#"{"iban":"DE89370400440532013000","code":"a"}"#)),
    ("payments in payments", || payments(r#"{"code":"a","refills":[{"code":"b","refills":[{}]}]}"#)),
    ("texts that a pattern goes back in", || {
        codes(format!("{{\"codes\":[{}]}}", filled("", |_| format!("\"{}!\"", "a".repeat(30)), "")))
    }),
    ("names that a pattern goes back in", || {
        codes(filled("{", |number| format!("\"{}!{number}\":1", "a".repeat(30)), "}"))
    }),
    ("a long text that a pattern goes back in", || codes(format!("{{\"codes\":[\"{}\"]}}", "a".repeat(LARGE - 20)))),
    ("many small arrays", || batch(filled("[", |_| "[]".to_owned(), "]"))),
    ("arrays in arrays", || unreadable("[".repeat(LARGE))),
    ("an end that is missing", || unreadable(filled("{\"orders\":[", |_| ORDER.to_owned(), "]"))),
    ("a long number", || unreadable(format!("{{\"orders\":[],\"labels\":[{}]}}", "9".repeat(LARGE - 30)))),
];

fn batch(body: String) -> Sent {
    Sent::post("/batches", body, 422)
}

fn orders(order: &str) -> Sent {
    batch(filled("{\"orders\":[", |_| order.to_owned(), "]}"))
}

fn labels(label: impl Fn(usize) -> String, end: &str) -> Sent {
    batch(filled("{\"orders\":[],\"labels\":[", label, end))
}

fn payments(payment: &str) -> Sent {
    Sent::post("/payments", filled("[", |_| payment.to_owned(), "]"), 422)
}

fn codes(body: String) -> Sent {
    Sent::post("/codes", body, 422)
}

fn unreadable(body: String) -> Sent {
    Sent::post("/batches", body, 400)
}
