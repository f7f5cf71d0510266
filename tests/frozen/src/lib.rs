//! An application of version 0.1: with the crate that was generated then, and with what is generated today.
//!
//! What is in the folder of a version is never changed; a new release adds a folder.
#![allow(clippy::duplicate_mod, reason = "the same handlers are compiled with each crate")]

/// With the crate of version 0.1.
#[path = "../0.1"]
pub mod then {
    mod api {
        pub(super) use workshop_api::*;
    }
    mod handlers;

    pub use handlers::start;
}

/// With what is generated today.
#[path = "../0.1"]
pub mod today {
    mod api {
        buildflow_runtime::include_api!("workshop");
    }
    mod handlers;

    pub use handlers::start;
}
