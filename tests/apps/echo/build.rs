fn main() -> Result<(), buildflow_gen::GenerateError> {
    for document in [
        "defaults",
        "directions",
        "enums",
        "numbers",
        "parameters-styles",
        "parameters-values",
        "paths-mixed",
        "paths-queries",
        "security",
        "unions",
    ] {
        let path = format!("../../golden/documents/{document}.yaml");
        buildflow_gen::Generator::new().spec(path).build_script()?;
    }
    // Values of this format have a type of this very crate; the document names another.
    let generator = buildflow_gen::Generator::new().spec("../../golden/documents/named-types.yaml");
    generator.format("money", "crate::Money").build_script()
}
