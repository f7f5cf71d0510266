//! The routes of GitHub's API, all of them and seven of them, in front of endpoints that do nothing.

use std::sync::Arc;

use buildflow_runtime::generated::{
    BoxFuture, Description, Docs, Endpoint, Endpoints, Incoming, Response, RouteNode, StatusCode, respond,
};
use buildflow_runtime::{FlowService, HttpError, Service};

use crate::requests::Sent;

mod all {
    include!(concat!(env!("OUT_DIR"), "/github.routes.rs"));
    pub(super) static NODE: &super::RouteNode = &ROUTES;
}

mod seven {
    include!(concat!(env!("OUT_DIR"), "/github_seven.routes.rs"));
    pub(super) static NODE: &super::RouteNode = &ROUTES;
}

static DESCRIPTION: Description = Description {
    name: "github",
    title: "GitHub",
    version: "1",
    service_id: None,
    base_route: "/",
    options: &[],
    document: None,
    docs: Docs::off(),
    operations: &[],
    answers: None,
};

struct Nothing;

/// As many as GitHub has, and more.
static ENDPOINTS: Endpoints<()> = &[&Nothing as &dyn Endpoint<()>; 1000];

impl Endpoint<()> for Nothing {
    fn answer(&'static self, _handler: Arc<()>, _incoming: Incoming) -> BoxFuture<'static, Result<Response, HttpError>> {
        Box::pin(std::future::ready(Ok(respond::empty(StatusCode::NO_CONTENT))))
    }
}

fn service(routes: &'static RouteNode) -> FlowService {
    Service::new(&DESCRIPTION, routes, ENDPOINTS, ()).into_service().expect("the service starts")
}

/// With all 767 operations.
pub fn all() -> FlowService {
    service(all::NODE)
}

/// With the seven that [`requests`] are for.
pub fn seven() -> FlowService {
    service(seven::NODE)
}

/// One for each of the seven operations.
pub fn requests() -> Vec<Sent> {
    let get = |uri| Sent { status: StatusCode::NO_CONTENT, ..Sent::get(uri) };
    vec![
        get("/"),
        Sent::post("/gists", "", 204),
        get("/orgs/rust-lang/members/ferris"),
        get("/repos/rust-lang/rust"),
        get("/repos/rust-lang/rust/issues/4711/labels"),
        get("/repos/rust-lang/rust/pulls/4711/files"),
        get("/users/ferris/repos"),
    ]
}
