fn main() -> Result<(), buildflow_gen::GenerateError> {
    let documents = ["../../../specs/guarded.yaml", "../../starlette/compared.yaml", "open.yaml", "certified.yaml"];
    let generator = documents.into_iter().fold(buildflow_gen::Generator::new(), buildflow_gen::Generator::spec);
    generator.build_script()
}
