//! The same requests to Starlette's middleware and to ours.

use std::process::Command;

use crate::start;

#[test]
fn answers_are_those_of_starlette_or_differ_on_purpose() {
    let python = std::env::var("BUILDFLOW_STARLETTE").unwrap_or_else(|_| "python3".to_owned());
    let needed = "import starlette.testclient, itsdangerous";
    let found = Command::new(&python).args(["-c", needed]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        println!("SKIPPED: {python} has no Starlette; set BUILDFLOW_STARLETTE to a Python that has");
        println!("(pip install starlette httpx itsdangerous)");
        return;
    }
    let server = start();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../starlette/compare.py");
    let output = Command::new(&python).args([script, &server.address().to_string()]).output();
    let output = output.expect("the script can be run");
    let told = String::from_utf8_lossy(&output.stdout);
    println!("{told}");
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
}
