//! Serves the tracker, on the threads of a runtime of its own.

use buildflow_runtime::Flow;

#[tokio::main]
async fn main() {
    Flow::new().add_service(tracker::service()).task(tracker::say_when_it_ends).run_async().await;
}
