//! The document is another one where a test says so.

fn main() -> Result<(), buildflow_gen::GenerateError> {
    println!("cargo::rerun-if-env-changed=CHANGED_DOCUMENT");
    let document = std::env::var_os("CHANGED_DOCUMENT").unwrap_or_else(|| "../../specs/todo.yaml".into());
    buildflow_gen::Generator::new().spec_as("todo", document).build_script()
}
