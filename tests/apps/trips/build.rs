fn main() -> Result<(), buildflow_gen::GenerateError> {
    buildflow_gen::Generator::new().spec("../../../specs/trips.yaml").build_script()
}
