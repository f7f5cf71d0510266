fn main() -> Result<(), buildflow_gen::GenerateError> {
    buildflow_gen::Generator::new().flow("../../../specs/shop.yaml").build_script()
}
