fn main() -> Result<(), buildflow_gen::GenerateError> {
    buildflow_gen::Generator::new().spec("../../../specs/album.yaml").build_script()
}
