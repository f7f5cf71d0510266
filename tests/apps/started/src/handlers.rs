use std::sync::Mutex;

use buildflow_runtime::HttpError;

use crate::todo::types::{Conflict, State, Task};
use crate::todo::{
    CreateTaskRequest, CreateTaskResponse, DeleteTaskRequest, DeleteTaskResponse, GetTaskRequest, GetTaskResponse,
    ListTasksRequest, ListTasksResponse, Todo, UpdateTaskRequest, UpdateTaskResponse,
};

/// What the handlers share: connections, clients, settings.
#[derive(Default)]
pub struct App {
    tasks: Mutex<Vec<Task>>,
}

impl Todo for App {
    async fn create_task(&self, request: CreateTaskRequest) -> Result<CreateTaskResponse, HttpError> {
        let mut tasks = self.tasks.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(task) = tasks.iter().find(|task| task.title == request.body.title) {
            return Ok(CreateTaskResponse::Conflict(Conflict { existing: task.id }));
        }
        let task = Task {
            id: tasks.len() as i64 + 1,
            title: request.body.title,
            state: State::Open,
            due: request.body.due.into(),
            labels: request.body.labels.unwrap_or_default(),
        };
        tasks.push(task.clone());
        Ok(CreateTaskResponse::Created(task))
    }

    async fn get_task(&self, request: GetTaskRequest) -> Result<GetTaskResponse, HttpError> {
        let tasks = self.tasks.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let task = tasks.iter().find(|task| task.id == request.task_id).cloned();
        Ok(task.map_or(GetTaskResponse::NotFound, GetTaskResponse::Ok))
    }

    async fn list_tasks(&self, _request: ListTasksRequest) -> Result<ListTasksResponse, HttpError> {
        Err(HttpError::not_implemented().detail("`list_tasks` is not written yet."))
    }

    async fn delete_task(&self, _request: DeleteTaskRequest) -> Result<DeleteTaskResponse, HttpError> {
        Err(HttpError::not_implemented().detail("`delete_task` is not written yet."))
    }

    async fn update_task(&self, _request: UpdateTaskRequest) -> Result<UpdateTaskResponse, HttpError> {
        Err(HttpError::not_implemented().detail("`update_task` is not written yet."))
    }
}

/// The document's service.
pub fn service() -> buildflow_runtime::Service {
    crate::todo::service(App::default())
}
