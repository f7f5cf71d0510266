//! Serves all services.

use ::guarded::{Endpoints, compared, guarded, open};
use buildflow_runtime::Flow;

fn main() {
    Flow::new()
        .add_service(guarded::service(Endpoints))
        .add_service(open::service(Endpoints))
        .add_service(compared::service(Endpoints))
        .run();
}
