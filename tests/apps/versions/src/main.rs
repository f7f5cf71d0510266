//! Serves both versions.

fn main() {
    versions::flow().run();
}
