//! The API written by hand with axum, serde and garde.

use std::time::Duration;

use axum::Router;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Json, Path, Query, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use garde::Validate;
use http::StatusCode;
use http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct NewOrder {
    #[garde(length(chars, min = 1, max = 100))]
    item: String,
    #[garde(range(min = 1, max = 1000))]
    quantity: i32,
    #[garde(range(min = 0.0))]
    price: f64,
    #[garde(skip)]
    express: bool,
    #[garde(inner(length(chars, max = 200)))]
    note: Option<String>,
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

#[derive(Deserialize, Validate)]
struct EventsQuery {
    #[garde(range(min = 1, max = 100))]
    #[serde(default = "twenty")]
    limit: i32,
    #[garde(inner(length(chars, min = 1, max = 20)))]
    kind: Option<String>,
}

fn twenty() -> i32 {
    20
}

#[derive(Serialize)]
struct Events {
    order: i64,
    limit: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
}

/// What an extractor has taken out of a request, and garde has found valid.
struct Valid<T>(T);

/// Why a request is refused.
enum Refusal {
    Json(JsonRejection),
    Path(PathRejection),
    Query(QueryRejection),
    Invalid(garde::Report),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Json(rejection) => rejection.into_response(),
            Self::Path(rejection) => rejection.into_response(),
            Self::Query(rejection) => rejection.into_response(),
            Self::Invalid(report) => (StatusCode::UNPROCESSABLE_ENTITY, report.to_string()).into_response(),
        }
    }
}

fn valid<T: Validate<Context = ()>>(value: T) -> Result<Valid<T>, Refusal> {
    match value.validate() {
        Ok(()) => Ok(Valid(value)),
        Err(report) => Err(Refusal::Invalid(report)),
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Validate<Context = ()>> FromRequest<S> for Valid<Json<T>> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let Json(value) = Json::<T>::from_request(request, state).await.map_err(Refusal::Json)?;
        valid(value).map(|Valid(value)| Valid(Json(value)))
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Validate<Context = ()>> FromRequestParts<S> for Valid<Query<T>> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let Query(value) = Query::<T>::from_request_parts(parts, state).await.map_err(Refusal::Query)?;
        valid(value).map(|Valid(value)| Valid(Query(value)))
    }
}

async fn place_order(Valid(Json(order)): Valid<Json<NewOrder>>) -> (StatusCode, Json<Order>) {
    let NewOrder { item, quantity, price, express, note } = order;
    (StatusCode::CREATED, Json(Order { id: 1, item, quantity, price, express, note }))
}

async fn list_events(
    path: Result<Path<i64>, PathRejection>,
    Valid(Query(query)): Valid<Query<EventsQuery>>,
) -> Result<Json<Events>, Refusal> {
    let Path(order) = path.map_err(Refusal::Path)?;
    if order < 1 {
        let mut report = garde::Report::new();
        report.append(garde::Path::new("id"), garde::Error::new("lower than 1"));
        return Err(Refusal::Invalid(report));
    }
    Ok(Json(Events { order, limit: query.limit, kind: query.kind }))
}

/// The API with what generated code has around handlers by itself: ids and spans of requests, a time limit, a limit of
/// bodies, and a net under panics.
pub fn with_layers() -> Router {
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(TraceLayer::new_for_http())
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(CatchPanicLayer::new())
        .layer(RequestBodyLimitLayer::new(2 * 1024 * 1024))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(30)));
    router().layer(layers)
}

/// The API; bodies are limited as axum does it by itself, to 2 MB.
pub fn router() -> Router {
    Router::new().route("/orders", post(place_order)).route("/orders/{id}/events", get(list_events))
}
