//! Serves the tracker.

use buildflow_runtime::Flow;

fn main() -> Result<(), buildflow_runtime::Error> {
    Flow::new().add_service(tracker::service()).run()
}
