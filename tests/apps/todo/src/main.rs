//! Serves to-do lists.

use buildflow_runtime::Flow;
use todo::{Store, Tasks};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tasks = Tasks::new(Store::in_memory()?);
    Flow::new().add_service(todo::todo::service(tasks)).run();
    Ok(())
}
