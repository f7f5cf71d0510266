//! The handlers of the first application.

use buildflow_runtime::RequestContext;
use started::handlers::App;
use started::todo::types::{NewTask, Task};
use started::todo::{CreateTaskRequest, CreateTaskResponse, Todo as _};

#[tokio::test]
async fn a_task_is_added_once() {
    let app = App::default();
    let request = || CreateTaskRequest { body: NewTask::new("Water the plants"), context: RequestContext::default() };
    let created = app.create_task(request()).await.expect("an answer");
    assert!(matches!(created, CreateTaskResponse::Created(Task { id: 1, .. })), "{created:?}");
    let again = app.create_task(request()).await.expect("an answer");
    assert!(matches!(again, CreateTaskResponse::Conflict(_)), "{again:?}");
}
