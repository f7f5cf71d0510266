//! Whether an engine, such as Knative, has the replicas of this process's services.

use crate::protocol::Error;

/// Says who has the replicas.
pub(crate) const VARIABLE: &str = "BUILDFLOW_REPLICAS";

/// Whether an engine has the replicas, each a process: `BUILDFLOW_REPLICAS=external`.
pub(crate) fn are_external(environment: &dyn Fn(&str) -> Option<String>) -> Result<bool, Error> {
    match environment(VARIABLE).as_deref() {
        None | Some("") => Ok(false),
        Some("external") => Ok(true),
        Some(other) => {
            let reason = format!("{other:?}, from the environment, should be `external`, or nothing");
            Err(Error::Option { name: VARIABLE, reason })
        }
    }
}
