//! Replicas, and the CPUs that there are for them.

use crate::{ask, start_with};

#[test]
fn replicas_that_must_be_there_start_without_cpus_and_only_further_ones_wait() {
    let server = start_with(&[
        ("BUILDFLOW_TRACKER_NUM_CPUS", "4096"),
        ("BUILDFLOW_TRACKER_NUM_REPLICAS", "2"),
        ("BUILDFLOW_TRACKER_MAX_REPLICAS", "2"),
    ]);
    assert_eq!(ask(&server, "", "GET", "/issues").status, 200);
    let log = server.log_with("a further replica waits");
    assert!(log.contains("a replica starts, and this machine lacks CPUs for it"), "{log}");
    assert_eq!(log.matches("a replica serves").count(), 1, "{log}");
}
