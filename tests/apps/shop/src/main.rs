//! Serves the shop.

fn main() {
    shop::flow().run();
}
