//! Redoc's own script.

use std::sync::LazyLock;

use super::file::File;

/// The script, which defines `Redoc`.
pub(super) static SCRIPT: LazyLock<File> = LazyLock::new(|| {
    File::new("text/javascript; charset=utf-8", script(&aide::redoc::Redoc::new("").html()).to_owned())
});

/// The script that a whole page has in it, without the call that shows a document: a page that may run no such
/// script needs it as a file.
fn script(page: &str) -> &str {
    let script = page.split_once("<script>").map_or(page, |(_, script)| script);
    script.rsplit_once("Redoc.init(").map_or(script, |(script, _)| script)
}
