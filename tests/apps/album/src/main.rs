//! Serves an album.

use album::Pictures;
use buildflow_runtime::Flow;

fn main() -> Result<(), buildflow_runtime::Error> {
    Flow::new().add_service(album::album::service(Pictures::default())).run()
}
