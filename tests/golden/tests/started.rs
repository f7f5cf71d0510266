//! Applications as `new` starts them: they serve, and what is not written yet says so.

use buildflow_tests::Running;

fn not_written(program: &str, path: &str) {
    let (status, body) = Running::start(program.as_ref()).get(path);
    assert_eq!(status, 501, "{path}: {body}");
    assert!(body.contains("Not Implemented"), "{body}");
}

#[test]
fn handlers_answer_501_until_they_are_written() {
    not_written(env!("CARGO_BIN_EXE_started-todo"), "/tasks");
    not_written(env!("CARGO_BIN_EXE_started-clinic"), "/clinic/hours");
    not_written(env!("CARGO_BIN_EXE_started-app"), "/my_endpoint");
}
