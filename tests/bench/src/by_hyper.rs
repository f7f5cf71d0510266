//! The API written by hand on hyper and serde alone.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use serde::{Deserialize, Serialize};

/// The most bytes that a body may have.
const LIMIT: usize = 2 * 1024 * 1024;

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOrder {
    item: String,
    quantity: i32,
    price: f64,
    express: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl NewOrder {
    fn is_valid(&self) -> bool {
        let note = self.note.as_deref().unwrap_or_default();
        (1..=100).contains(&self.item.chars().count())
            && (1..=1000).contains(&self.quantity)
            && self.price >= 0.0
            && note.chars().count() <= 200
    }
}

#[derive(Serialize)]
struct Order {
    id: i64,
    item: String,
    quantity: i32,
    price: f64,
    express: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Serialize)]
struct Events<'q> {
    order: i64,
    limit: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<Cow<'q, str>>,
}

/// Answers one request.
pub async fn answer<B>(request: Request<B>) -> Response<Full<Bytes>>
where
    B: hyper::body::Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let path = request.uri().path();
    if path == "/orders" {
        return match *request.method() {
            Method::POST => place_order(request).await.unwrap_or_else(refusal),
            _ => not_allowed("POST"),
        };
    }
    if let Some(id) = path.strip_prefix("/orders/").and_then(|rest| rest.strip_suffix("/events")) {
        return match *request.method() {
            Method::GET => list_events(id, request.uri().query().unwrap_or_default()).unwrap_or_else(refusal),
            _ => not_allowed("GET"),
        };
    }
    refusal(StatusCode::NOT_FOUND)
}

async fn place_order<B>(request: Request<B>) -> Result<Response<Full<Bytes>>, StatusCode>
where
    B: hyper::body::Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    if request.headers().get(CONTENT_TYPE).is_none_or(|sent| sent != "application/json") {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let body = Limited::new(request.into_body(), LIMIT).collect().await;
    let body = body.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?.to_bytes();
    let order: NewOrder = serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    if !order.is_valid() {
        return Err(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let NewOrder { item, quantity, price, express, note } = order;
    json(StatusCode::CREATED, &Order { id: 1, item, quantity, price, express, note })
}

fn list_events(id: &str, query: &str) -> Result<Response<Full<Bytes>>, StatusCode> {
    let order: i64 = id.parse().map_err(|_| StatusCode::BAD_REQUEST)?;
    let (mut limit, mut kind) = (20, None);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "limit" => limit = value.parse().map_err(|_| StatusCode::BAD_REQUEST)?,
            "kind" => kind = Some(value),
            _ => {}
        }
    }
    let length = kind.as_ref().map_or(1, |kind| kind.chars().count());
    if order < 1 || !(1..=100).contains(&limit) || !(1..=20).contains(&length) {
        return Err(StatusCode::UNPROCESSABLE_ENTITY);
    }
    json(StatusCode::OK, &Events { order, limit, kind })
}

fn json(status: StatusCode, value: &impl Serialize) -> Result<Response<Full<Bytes>>, StatusCode> {
    let text = serde_json::to_vec(value).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

fn refusal(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

fn not_allowed(method: &'static str) -> Response<Full<Bytes>> {
    let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(method));
    response
}
