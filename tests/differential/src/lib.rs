//! A service of random schemas, and random values for them.

pub mod random;
pub mod schemas;
pub mod values;

mod api {
    //! What the build script has generated.
    buildflow_runtime::include_api!("random");
}

use buildflow_runtime::{HttpError, Service};

/// What the schemas were made from.
pub const SEED: &str = env!("SEED");

/// The file of the document that is served.
pub const DOCUMENT: &str = concat!(env!("OUT_DIR"), "/random.json");

/// Answers whatever is valid without content.
struct Valid;

include!(concat!(env!("OUT_DIR"), "/handler.rs"));

/// The service of the random schemas.
pub fn service() -> Service {
    api::service(Valid)
}
