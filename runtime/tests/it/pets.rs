//! A service as the generator makes them, written by hand.

use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "otel")]
use buildflow_runtime::axum::response::IntoResponse as _;
use buildflow_runtime::generated::{
    Body, BoxFuture, Contract, Decoder, Description, Docs, Endpoint, Endpoints, Incoming, Parameter, Pattern, Response,
    RouteNode, Schemas, StatusCode, Style, Target, Validate, check, json, read, respond,
};
use buildflow_runtime::{HttpError, Nullable, Service};
use serde_json::json;
use tracing::Instrument as _;

/// What `/slow` takes.
pub(crate) const SLOW: Duration = Duration::from_millis(400);

static DESCRIPTION: Description = Description {
    name: "pets",
    title: "Pets & <more>",
    version: "1.0.0",
    service_id: None,
    base_route: "/",
    options: &[],
    document: Some(DOCUMENT),
    docs: Docs::at(Some("/docs"), Some("/redoc"), Some("/openapi")),
    operations: &[],
    answers: None,
};

/// As much of a document as there must be to show it.
pub(crate) const DOCUMENT: &str = r#"{"openapi":"3.1.0","servers":[{"url":"/"}],"info":{"title":"Pets & <more>","version":"1.0.0"},"paths":{"/pets":{}},"components":{"securitySchemes":{"login":{"type":"oauth2","flows":{"password":{"tokenUrl":"https://login.example/token","scopes":{}}}}}}}"#;

static SCHEMAS: Schemas = Schemas::new(
    r##"{
    "components": {"schemas": {
        "NewPet": {
            "type": "object",
            "required": ["name", "owner"],
            "properties": {
                "name": {"type": "string", "minLength": 1},
                "password": {"type": "string", "pattern": "^(?=.*[0-9])(?=.*[a-z]).{4,}$"},
                "age": {"type": "integer"},
                "nick": {"type": ["string", "null"]},
                "owner": {"anyOf": [{"$ref": "#/components/schemas/Owner"}, {"type": "null"}]}
            }
        },
        "Owner": {
            "type": "object",
            "required": ["email"],
            "properties": {"email": {"type": "string", "maxLength": 10}}
        },
        "Note": {"type": "string", "maxLength": 5},
        "Broken": {"$ref": "#/components/schemas/Missing"}
    }},
    "limit": {"type": "integer", "minimum": 1, "maximum": 100},
    "tags": {"type": "array", "items": {"type": "string", "maxLength": 3}, "maxItems": 2},
    "flag": {"type": "boolean"},
    "id": {"type": "integer", "minimum": 1}
}"##,
);

static PASSWORD: Pattern = Pattern::new("^(?=.*[0-9])(?=.*[a-z]).{4,}$");

#[derive(Debug, Clone, PartialEq)]
struct NewPet {
    name: String,
    password: Option<String>,
    age: Option<i64>,
    nick: Option<Nullable<String>>,
    owner: Nullable<Owner>,
}

json::object!(NewPet { name, password?, age?, nick?, owner });

impl Validate for NewPet {
    fn is_valid(&self) -> bool {
        check::min_length(&self.name, 1)
            && self.password.as_ref().is_none_or(|value| check::pattern(value, &PASSWORD))
            && self.owner.as_option().is_none_or(Validate::is_valid)
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Owner {
    email: String,
}

json::object!(Owner { email });

impl Validate for Owner {
    fn is_valid(&self) -> bool {
        check::max_length(&self.email, 10)
    }
}

static JSON: &[&str] = &["application/json"];
const NEW_PET: Body = Body::new(JSON).schema("/components/schemas/NewPet");
static NO_BODY: Contract = Contract::new(&SCHEMAS);
static CREATE_PET: Contract = Contract::new(&SCHEMAS).body(&[NEW_PET]);
static PUT_SETTINGS: Contract = Contract::new(&SCHEMAS).optional_body(&[NEW_PET]);
static BROKEN: Contract =
    Contract::new(&SCHEMAS).body(&[Body::new(JSON).schema("/components/schemas/Broken").validated()]);
static PUT_NOTE: Contract =
    Contract::new(&SCHEMAS).body(&[Body::new(&["text/plain"]).schema("/components/schemas/Note").validated()]);
static PUT_PHOTO: Contract = Contract::new(&SCHEMAS).body(&[Body::new(&["image/*"])]);

static DRY_RUN: Parameter = Parameter::query("dry_run").schema("/flag");
static LIMIT: Parameter = Parameter::query("limit").schema("/limit");
static TAGS: Parameter = Parameter::query("tags").style(Style::Delimited(',')).schema("/tags");
static TRACE: Parameter = Parameter::header("X-Trace").schema("/id");
static SESSION: Parameter = Parameter::cookie("session").schema("/id");
static ID: Parameter = Parameter::path("id").schema("/id");

async fn create_pet(incoming: Incoming) -> Result<Response, HttpError> {
    let mut decoder = Decoder::new(incoming, &CREATE_PET);
    decoder.load().await?;
    let dry_run = decoder.optional::<bool>(&DRY_RUN, read::text, |_| true);
    let body = decoder.json::<NewPet>(|body| body.is_valid());
    let (Some(_), Some(body)) = (dry_run, body) else { return Err(decoder.reject()) };
    decoder.finish()?;
    Ok(respond::json(StatusCode::CREATED, &body))
}

async fn list_pets(incoming: Incoming) -> Result<Response, HttpError> {
    let mut decoder = Decoder::new(incoming, &NO_BODY);
    let limit = decoder.or_default::<i64>(
        &LIMIT,
        read::text,
        |limit| check::minimum(limit, 1) && check::maximum(limit, 100),
        || 20,
    );
    let tags = decoder.optional::<Vec<String>>(&TAGS, read::list, |tags| {
        check::max_items(tags, 2) && tags.iter().all(|tag| check::max_length(tag, 3))
    });
    let trace = decoder.optional::<i64>(&TRACE, read::text, |trace| check::minimum(trace, 1));
    let session = decoder.required::<i64>(&SESSION, read::text, |session| check::minimum(session, 1));
    let (Some(limit), Some(tags), Some(trace), Some(session)) = (limit, tags, trace, session) else {
        return Err(decoder.reject());
    };
    let (context, _) = decoder.finish()?;
    let answer = json!({
        "limit": limit, "tags": tags, "trace": trace, "session": session,
        "peer": context.peer_addr().is_some(), "request_id": context.request_id(), "uri": context.uri().to_string(),
    });
    Ok(respond::json(StatusCode::OK, &answer))
}

async fn get_pet(incoming: Incoming) -> Result<Response, HttpError> {
    let mut decoder = Decoder::new(incoming, &NO_BODY);
    let Some(id) = decoder.required::<i64>(&ID, read::text, |id| check::minimum(id, 1)) else {
        return Err(decoder.reject());
    };
    decoder.finish()?;
    let found = async {
        let response = respond::json(StatusCode::OK, &json!({"id": id}));
        // The headers that a request to another server would have, where the tests of traces see them.
        #[cfg(feature = "otel")]
        let response = (buildflow_runtime::trace_headers(), response).into_response();
        response
    };
    Ok(found.instrument(tracing::info_span!("look up", id)).await)
}

async fn put_settings(incoming: Incoming) -> Result<Response, HttpError> {
    let mut decoder = Decoder::new(incoming, &PUT_SETTINGS);
    decoder.load().await?;
    let given = decoder.has_body();
    if given && decoder.json::<NewPet>(|body| body.is_valid()).is_none() {
        return Err(decoder.reject());
    }
    decoder.finish()?;
    Ok(respond::json(StatusCode::OK, &json!({"given": given})))
}

async fn put_note(incoming: Incoming) -> Result<Response, HttpError> {
    let mut decoder = Decoder::new(incoming, &PUT_NOTE);
    decoder.load().await?;
    let Some(text) = decoder.text() else { return Err(decoder.reject()) };
    decoder.finish()?;
    Ok(respond::text(StatusCode::OK, "text/plain", text))
}

async fn put_photo(incoming: Incoming) -> Result<Response, HttpError> {
    let mut decoder = Decoder::new(incoming, &PUT_PHOTO);
    decoder.load().await?;
    let Some(bytes) = decoder.bytes() else { return Err(decoder.reject()) };
    decoder.finish()?;
    Ok(respond::json(StatusCode::OK, &json!({"bytes": bytes.len()})))
}

async fn broken(incoming: Incoming) -> Result<Response, HttpError> {
    let mut decoder = Decoder::new(incoming, &BROKEN);
    decoder.load().await?;
    let body = decoder.json::<serde_json::Value>(|_| true);
    let Some(_) = body else { return Err(decoder.reject()) };
    decoder.finish()?;
    Ok(respond::empty(StatusCode::NO_CONTENT))
}

const fn place(targets: &'static [Target]) -> RouteNode {
    RouteNode { targets, ..RouteNode::EMPTY }
}

static ROUTES: RouteNode = RouteNode {
    literals: &[
        ("broken", place(&[Target::new("/broken", &[("POST", 6)])])),
        ("failing", place(&[Target::new("/failing", &[("GET", 9)])])),
        ("note", place(&[Target::new("/note", &[("PUT", 4)])])),
        ("panic", place(&[Target::new("/panic", &[("GET", 7), ("POST", 7)])])),
        (
            "pets",
            RouteNode {
                targets: &[Target::new("/pets", &[("GET", 1), ("POST", 0)])],
                parameter: Some(&place(&[Target::new("/pets/{id}", &[("GET", 2)])])),
                ..RouteNode::EMPTY
            },
        ),
        ("photo", place(&[Target::new("/photo", &[("PUT", 5)])])),
        ("settings", place(&[Target::new("/settings", &[("PUT", 3)])])),
        ("slow", place(&[Target::new("/slow", &[("GET", 8)])])),
    ],
    ..RouteNode::EMPTY
};

/// What is done, by the number of the endpoint.
struct Work(usize);

static ENDPOINTS: Endpoints<()> =
    &[&Work(0), &Work(1), &Work(2), &Work(3), &Work(4), &Work(5), &Work(6), &Work(7), &Work(8), &Work(9)];

impl Endpoint<()> for Work {
    fn answer(&'static self, _handler: Arc<()>, incoming: Incoming) -> BoxFuture<'static, Result<Response, HttpError>> {
        match self.0 {
            0 => Box::pin(create_pet(incoming)),
            1 => Box::pin(list_pets(incoming)),
            2 => Box::pin(get_pet(incoming)),
            3 => Box::pin(put_settings(incoming)),
            4 => Box::pin(put_note(incoming)),
            5 => Box::pin(put_photo(incoming)),
            6 => Box::pin(broken(incoming)),
            7 => Box::pin(async { panic!("the secret is 4711") }),
            8 => Box::pin(async {
                tokio::time::sleep(SLOW).await;
                Ok(respond::empty(StatusCode::NO_CONTENT))
            }),
            _ => Box::pin(async {
                let number: i64 = "the secret is 4711".parse()?;
                Ok(respond::json(StatusCode::OK, &number))
            }),
        }
    }
}

pub(crate) fn service() -> Service {
    Service::new(&DESCRIPTION, &ROUTES, ENDPOINTS, ())
}
