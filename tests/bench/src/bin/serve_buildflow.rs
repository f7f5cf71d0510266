//! Serves the shop by generated code.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    bench::serve(async |listener| bench::by_buildflow::flow().serve(listener, std::future::pending()).await)
}
