//! Handlers, called without a server.

use buildflow_runtime::http::Request;
use buildflow_runtime::{HttpError, RequestContext};
use tracker::tracker::types::{NewIssue, User};
use tracker::tracker::{OpenIssueRequest, OpenIssueResponse, Tracker as _};
use tracker::{Handlers, service};

async fn open(context: RequestContext) -> Result<OpenIssueResponse, HttpError> {
    let request = OpenIssueRequest { body: NewIssue::new("It rains in"), context };
    Handlers::default().open_issue(request, User { name: "ann".to_owned() }).await
}

#[tokio::test]
async fn a_context_of_the_service_knows_its_operations() {
    let (head, ()) = Request::post("/issues").body(()).expect("this is a request").into_parts();
    let answered = open(service().base_route("/tracker").context(head)).await.expect("an answer");
    let OpenIssueResponse::Created(_, headers) = answered;
    assert_eq!(headers.location, "/tracker/issues/1");
}

#[tokio::test]
async fn without_a_service_there_are_none_and_the_error_says_what_was_raised() {
    let error = open(RequestContext::default()).await.expect_err("there is no operation");
    assert!(format!("{error:?}").contains("UriError"), "{error:?}");
}
