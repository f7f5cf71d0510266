//! The service that inputs are sent to.

fn main() -> Result<(), buildflow_gen::GenerateError> {
    buildflow_gen::Generator::new().spec("fuzzed.yaml").build_script()
}
