//! Serves a library; `LIBRARIAN_KEY` is the key of those who may change it.

use buildflow_runtime::Flow;
use library::{Branch, Catalogue};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = std::env::var("LIBRARIAN_KEY").map_err(|_| "set LIBRARIAN_KEY to the librarians' key")?;
    let branch = Branch::new(Catalogue::in_memory()?, key);
    Flow::new().add_service(library_api::service(branch)).run();
    Ok(())
}
