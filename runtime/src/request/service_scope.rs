//! What the requests of a service share.

use super::{BackgroundTasks, Operation};
use crate::protocol::{ErrorMap, FlowStop};

/// What the requests of a service share, beside what they may cost.
#[derive(Debug)]
pub(crate) struct ServiceScope {
    /// Which errors of the application are which problems.
    pub errors: ErrorMap,
    /// The operations of the document, by the numbers of their endpoints.
    pub operations: &'static [Operation],
    /// What runs behind answers.
    pub tasks: BackgroundTasks,
    /// Tells handlers when the flow stops.
    pub stop: FlowStop,
}
