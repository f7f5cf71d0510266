//! The list of cases that are known to fail.

use std::collections::BTreeSet;
use std::fs;

use buildflow_tests::workspace;

/// The cases of `failing_tests.txt`: `file | group | case`, below the reason that they share.
pub fn listed() -> BTreeSet<String> {
    let path = workspace().join("tests/json_schema/failing_tests.txt");
    let text = fs::read_to_string(path).expect("the list is there");
    let mut cases = BTreeSet::new();
    let mut has_reason = false;
    for line in text.lines().filter(|line| !line.is_empty()) {
        if line.starts_with('#') {
            has_reason = true;
            continue;
        }
        assert!(has_reason, "`{line}` is listed without a reason");
        assert!(cases.insert(line.to_owned()), "`{line}` is listed twice");
    }
    cases
}
