fn main() -> Result<(), buildflow_gen::GenerateError> {
    buildflow_gen::Generator::new().spec("../../../specs/guarded.yaml").spec("open.yaml").build_script()
}
