fn main() -> Result<(), buildflow_gen::GenerateError> {
    let documents = ["directions", "unions"];
    let paths = documents.map(|name| format!("../golden/documents/{name}.yaml"));
    paths.into_iter().fold(buildflow_gen::Generator::new(), |generator, path| generator.spec(path)).build_script()
}
