fn main() -> Result<(), buildflow_gen::GenerateError> {
    for document in
        ["defaults", "directions", "parameters-styles", "parameters-values", "paths-mixed", "paths-queries", "unions"]
    {
        let path = format!("../../golden/documents/{document}.yaml");
        buildflow_gen::Generator::new().spec(path).build_script()?;
    }
    Ok(())
}
