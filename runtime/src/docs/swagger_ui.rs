//! Swagger UI's own files: they come compressed, in an archive, and are sent as they are.

use std::sync::LazyLock;

use rawzip::{CompressionMethod, ZipArchive};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;

use super::file::File;

/// What the page loads, and its type.
const FILES: [(&str, &str); 5] = [
    ("swagger-ui.css", "text/css; charset=utf-8"),
    ("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
    ("favicon-32x32.png", "image/png"),
    // Where an authorization server sends the user back to.
    ("oauth2-redirect.html", "text/html; charset=utf-8"),
    ("oauth2-redirect.js", "text/javascript; charset=utf-8"),
];

static OPENED: LazyLock<Vec<(&'static str, File)>> = LazyLock::new(|| {
    let found = opened();
    if let Err(error) = &found {
        tracing::error!(%error, "the files of Swagger UI cannot be read");
    }
    found.unwrap_or_default()
});

/// The file of this name.
pub(super) fn file(name: &str) -> Option<&'static File> {
    OPENED.iter().find(|(known, _)| *known == name).map(|(_, file)| file)
}

fn opened() -> Result<Vec<(&'static str, File)>, rawzip::Error> {
    let archive = ZipArchive::from_slice(SWAGGER_UI_VENDORED)?;
    let mut found = Vec::new();
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry()? {
        let path = entry.file_path();
        // `swagger-ui-5.0.0/dist/swagger-ui.css`
        let inner = path.as_ref().splitn(2, |byte| *byte == b'/').nth(1).and_then(|path| path.strip_prefix(b"dist/"));
        let Some((name, content_type)) = FILES.into_iter().find(|(name, _)| inner == Some(name.as_bytes())) else {
            continue;
        };
        let data = archive.get_entry(entry.wayfinder())?.data();
        let file = match entry.compression_method() {
            CompressionMethod::STORE => File::new(content_type, data.to_vec()),
            _ => File::new(content_type, gzip(data, entry.crc32(), entry.uncompressed_size_hint())).gzip(),
        };
        found.push((name, file));
    }
    Ok(found)
}

/// The file format around what an archive holds: both are DEFLATE and the same checksum (RFC 1952 §2.3).
fn gzip(deflated: &[u8], checksum: u32, length: u64) -> Vec<u8> {
    // Magic, method, no flags, no time, no level, unknown system.
    const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let length = (length & u64::from(u32::MAX)) as u32;
    [&HEADER, deflated, &checksum.to_le_bytes(), &length.to_le_bytes()].concat()
}
