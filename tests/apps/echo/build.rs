fn main() -> Result<(), buildflow_gen::GenerateError> {
    for document in ["paths-mixed", "paths-queries"] {
        let path = format!("../../golden/documents/{document}.yaml");
        buildflow_gen::Generator::new().spec(path).build_script()?;
    }
    Ok(())
}
