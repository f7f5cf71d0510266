fn main() -> Result<(), buildflow_gen::GenerateError> {
    buildflow_gen::Generator::new().spec("../../../specs/talk.yaml").spec("../../../specs/clinic.yaml").build_script()
}
