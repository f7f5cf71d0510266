fn main() -> Result<(), buildflow_gen::GenerateError> {
    buildflow_gen::Generator::new().spec("0.1/workshop.yaml").build_script()
}
