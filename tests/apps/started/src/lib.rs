//! The first application of the guide. The build script generates the service from `specs/todo.yaml`.

pub mod handlers;
pub mod todo {
    //! The generated service.
    buildflow_runtime::include_api!("todo");
}
