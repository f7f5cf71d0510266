//! Serves an album, with the files of the folder that `ALBUM_FOLDER` names.

use album::Pictures;
use buildflow_runtime::Flow;

fn main() {
    let pictures = Pictures::with_files(std::env::var_os("ALBUM_FOLDER").unwrap_or_default());
    Flow::new().add_service(album::album::service(pictures)).run();
}
