//! Serves the shop.

fn main() -> Result<(), buildflow_runtime::Error> {
    shop::flow().run()
}
