//! Hooks around handlers: they see operations, principals, requests and answers with their types.

use std::sync::{Arc, Mutex};

use ::talk::{Talker, talk};
use buildflow_runtime::axum::response::IntoResponse as _;
use buildflow_runtime::http::{HeaderName, HeaderValue, StatusCode};
use buildflow_runtime::{Call, Flow, Hook, HttpError, Reply, Service};
use serde_json::json;
use served::Served;
use talk::{AnythingRequest, DoubleRequest, DoubleResponse, EchoRequest};

const TOKEN: (&str, &str) = ("authorization", "Bearer letmein");

fn served(service: Service) -> Served {
    Served::start(Flow::new().add_service(service))
}

fn service() -> Service {
    talk::service(Talker::new(2))
}

/// Writes down what it sees.
#[derive(Clone, Default)]
struct Witness(Arc<Mutex<Vec<String>>>);

impl Witness {
    fn note(&self, seen: String) {
        self.0.lock().expect("nobody has panicked").push(seen);
    }

    fn seen(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("nobody has panicked"))
    }
}

impl Hook for Witness {
    async fn around(&self, call: Call<'_>) -> Result<Reply, HttpError> {
        let operation = call.operation();
        let asked = match (call.request::<DoubleRequest>(), call.request::<EchoRequest>()) {
            (Some(double), None) => format!("twice {}", double.body.value),
            (None, Some(echo)) => format!("{} times {}", echo.times, echo.x_name),
            _ => match call.request::<AnythingRequest>() {
                Some(anything) => format!("{} {}", anything.my_int, anything.request.uri()),
                None => "another".to_owned(),
            },
        };
        let caller = if call.principal::<()>().is_some() { "a member" } else { "somebody" };
        let name = operation.id.unwrap_or_default();
        self.note(format!("{} {} {name}: {caller} asks for {asked}", operation.method, operation.route));
        let outcome = call.run().await;
        match &outcome {
            Ok(reply) => match reply.get::<DoubleResponse>() {
                Some(DoubleResponse::Ok(number)) => self.note(format!("it is {}", number.value)),
                None => self.note("it is something else".to_owned()),
            },
            Err(error) => self.note(format!("{} it is not", error.status().as_u16())),
        }
        outcome
    }
}

#[test]
fn a_hook_sees_the_operation_the_request_and_the_answer() {
    let witness = Witness::default();
    let server = served(service().hook(witness.clone()));
    assert_eq!(server.send_json("POST", "/double", r#"{"value": 4}"#).json(), json!({"value": 8}));
    assert_eq!(witness.seen(), ["POST /double double: somebody asks for twice 4", "it is 8"]);
    assert_eq!(server.send("GET", "/private").status, 401);
    assert_eq!(witness.seen(), ["GET /private private: somebody asks for another", "401 it is not"]);
    assert_eq!(server.request("GET", "/private", &[TOKEN], None).status, 401);
    assert_eq!(witness.seen(), ["GET /private private: a member asks for another", "401 it is not"]);
}

#[test]
fn only_valid_requests_of_known_callers_come_to_a_hook() {
    let witness = Witness::default();
    let server = served(service().hook(witness.clone()));
    assert_eq!(server.send_json("POST", "/double", r#"{"value": "4"}"#).status, 422);
    assert_eq!(server.send("GET", "/members").status, 401);
    assert_eq!(witness.seen(), [""; 0]);
    assert_eq!(server.request("GET", "/members", &[TOKEN], None).status, 204);
    assert_eq!(witness.seen(), ["GET /members members: a member asks for another", "it is something else"]);
}

#[test]
fn a_hook_sees_whole_requests_and_handshakes() {
    let witness = Witness::default();
    let server = served(service().hook(witness.clone()));
    assert_eq!(server.request("POST", "/anything?my_int=3", &[], Some("any")).status, 200);
    assert_eq!(witness.seen()[0], "POST /anything anything: somebody asks for 3 /anything?my_int=3");
    let opened = server.raw(concat!(
        "GET /echo?times=2 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer letmein\r\nX-Name: parrot\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    ));
    assert!(opened.starts_with("HTTP/1.1 101 "), "{opened}");
    assert_eq!(witness.seen(), ["GET /echo echo: a member asks for 2 times parrot", "it is something else"]);
}

/// Lets nobody double what is more than this, and says who has let it through.
struct AtMost(i64);

impl Hook for AtMost {
    async fn around(&self, call: Call<'_>) -> Result<Reply, HttpError> {
        if call.request::<DoubleRequest>().is_some_and(|request| request.body.value > self.0) {
            return Err(HttpError::forbidden());
        }
        call.context().add_header(HeaderName::from_static("x-at-most"), HeaderValue::from(self.0));
        call.run().await
    }
}

#[test]
fn a_hook_refuses_before_the_handler_and_the_outermost_first() {
    let witness = Witness::default();
    let server = served(service().hook(witness.clone()).hook(AtMost(9)).hook(AtMost(99)));
    for (value, status) in [(4, 200), (10, 403), (100, 403)] {
        assert_eq!(server.send_json("POST", "/double", &json!({"value": value}).to_string()).status, status);
    }
    assert_eq!(witness.seen().len(), 2, "what is refused outside is not seen inside");
    let answer = server.send_json("POST", "/double", r#"{"value": 4}"#);
    let headers: Vec<_> = answer.headers.get_all("x-at-most").iter().collect();
    assert_eq!(headers, ["99", "9"]);
}

/// Answers another way.
struct Instead;

impl Hook for Instead {
    async fn around(&self, call: Call<'_>) -> Result<Reply, HttpError> {
        if call.operation().id == Some("broken") {
            return Ok((StatusCode::IM_A_TEAPOT, "short and stout").into_response().into());
        }
        let mut response = call.run().await?.into_response();
        let status = HeaderValue::from(response.status().as_u16());
        response.headers_mut().insert("x-status", status);
        Ok(response.into())
    }
}

#[test]
fn a_hook_may_answer_itself_or_change_the_response() {
    let server = served(service().hook(Instead));
    assert_eq!(server.send("GET", "/broken").status, 418);
    let answer = server.send("GET", "/my_endpoint");
    assert_eq!((answer.header("x-status"), answer.json()), ("200", json!({"value": 7})));
}

#[test]
fn hooks_stand_around_handlers_of_replicas() {
    let witness = Witness::default();
    let made = talk::service_with(|| async { Ok::<_, std::io::Error>(Talker::new(3)) });
    let server = served(made.num_replicas(2).max_replicas(2).hook(witness.clone()).hook(AtMost(9)));
    assert_eq!(server.send_json("POST", "/double", r#"{"value": 4}"#).json(), json!({"value": 12}));
    assert_eq!(witness.seen(), ["POST /double double: somebody asks for twice 4", "it is 12"]);
    assert_eq!(server.send_json("POST", "/double", r#"{"value": 10}"#).status, 403);
}
