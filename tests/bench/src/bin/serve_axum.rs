//! Serves the shop by axum.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    bench::serve(async |listener| axum::serve(listener, bench::by_axum::router()).await)
}
