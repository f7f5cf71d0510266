fn main() -> Result<(), buildflow_gen::GenerateError> {
    buildflow_gen::Generator::new().spec("../../../specs/todo.yaml").build_script()
}
