fn main() -> Result<(), buildflow_gen::GenerateError> {
    buildflow_gen::Generator::new().flow("../../../specs/contacts.yaml").build_script()
}
