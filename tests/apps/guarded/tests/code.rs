//! Layers that code adds.

use buildflow_runtime::Flow;
use buildflow_runtime::axum::middleware::map_response;
use buildflow_runtime::axum::response::Response;
use buildflow_runtime::http::HeaderValue;
use buildflow_runtime::middleware::{SecretKey, Session};
use guarded::{Endpoints, open};
use served::{Answer, Served};

async fn of_flow(response: Response) -> Response {
    passed(response, "flow")
}

async fn of_service(response: Response) -> Response {
    passed(response, "service")
}

async fn of_endpoint(response: Response) -> Response {
    passed(response, "endpoint")
}

fn passed(mut response: Response, layer: &'static str) -> Response {
    response.headers_mut().append("x-layers", HeaderValue::from_static(layer));
    response
}

/// The layers that an answer has come through, from the inside.
fn layers(answer: &Answer) -> Vec<&str> {
    answer.headers.get_all("x-layers").iter().filter_map(|value| value.to_str().ok()).collect()
}

#[test]
fn any_tower_layer_stands_around_a_flow_a_service_or_an_endpoint() {
    let service = open::service(Endpoints)
        .endpoint_layer("DELETE /any", map_response(of_endpoint))
        .layer(map_response(of_service));
    let server = Served::start(Flow::new().add_service(service).layer(map_response(of_flow)));
    assert_eq!(layers(&server.send("DELETE", "/open/any")), ["endpoint", "service", "flow"]);
    assert_eq!(layers(&server.send("PUT", "/open/any")), ["service", "flow"]);
    assert_eq!(layers(&server.send("GET", "/open/nowhere")), ["service", "flow"]);
    assert_eq!(layers(&server.send("GET", "/nowhere")), ["flow"]);
}

#[test]
fn a_layer_that_lacks_something_keeps_the_flow_from_starting() {
    let secret = || Ok(Session::new(SecretKey::env("GUARDED_NO_SUCH_SECRET")?));
    let around_all = open::service(Endpoints).try_layer(secret);
    let around_one = open::service(Endpoints).try_endpoint_layer("PUT /any", secret);
    for service in [around_all, around_one] {
        let error = Flow::new().add_service(service).into_router().map(|_| ()).expect_err("it lacks a secret");
        assert!(error.to_string().contains("GUARDED_NO_SUCH_SECRET is not set"), "{error}");
    }
}

#[test]
fn a_layer_is_for_an_endpoint_that_there_is() {
    for name in ["GET /any", "put /any", "/any", "PUT /any/"] {
        let service = open::service(Endpoints).endpoint_layer(name, map_response(of_endpoint));
        let error = service.into_router().map(|_| ()).expect_err("there is no such endpoint").to_string();
        assert!(error.contains(&format!("`{name}` is no endpoint of the document")), "{error}");
    }
}
