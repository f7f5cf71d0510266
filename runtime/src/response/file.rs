//! Files from disk as answers: whole or in part, and not at all where the client has them already.

use std::io;
use std::path::{Component, Path, PathBuf};

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use http::header::{
    CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_MATCH,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, LAST_MODIFIED, RANGE,
};
use http::request::Parts;
use http::{HeaderMap, Method, Request, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tower_http::services::ServeFile;

use super::{ByteStream, Media};
use crate::protocol::HttpError;

/// The headers that say which part of a file a client wants, and whether (RFC 9110 §13, §14.2).
const ASKED: [HeaderName; 6] = [RANGE, IF_RANGE, IF_MATCH, IF_NONE_MATCH, IF_MODIFIED_SINCE, IF_UNMODIFIED_SINCE];

/// What a parameter of a header may hold as it is, of what follows `UTF-8''` (RFC 8187 §3.2.1).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A file on disk, as the body of a response: `file.into()` makes it a [`ByteStream`], or a [`Media`] with the content type
/// of its extension.
///
/// As the body of a 200 to GET or HEAD, it supports range requests (206, 416, `If-Range`) and conditional requests (304,
/// 412). The response has `ETag`, `Last-Modified` and `Accept-Ranges`. No document needs to mention these statuses. The file
/// is read piece by piece, as fast as the client takes it.
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// use buildflow_runtime::types::{ByteStream, File};
///
/// let report = File::within("/srv/reports", "2026/may.pdf").await?.download_as("Übersicht.pdf");
/// let body: ByteStream = report.into();
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct File {
    path: PathBuf,
    disposition: Option<HeaderValue>,
}

impl File {
    /// Opens the file at a path.
    ///
    /// # Errors
    ///
    /// It does not exist or is not a regular file ([`io::ErrorKind::NotFound`]), or its metadata cannot be read.
    pub async fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        match tokio::fs::metadata(&path).await?.is_file() {
            true => Ok(Self { path, disposition: None }),
            false => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Opens a file that a client names, below a folder. A path that leads out of the folder is not found, whether by `..`, as
    /// an absolute path, or by a symbolic link.
    ///
    /// # Errors
    ///
    /// Those of [`File::open`]. A file that is not below the folder does not exist ([`io::ErrorKind::NotFound`]).
    pub async fn within(root: impl AsRef<Path>, untrusted: impl AsRef<Path>) -> io::Result<Self> {
        let not_found = || io::Error::from(io::ErrorKind::NotFound);
        let untrusted = untrusted.as_ref();
        let is_below = untrusted.components().all(|part| matches!(part, Component::Normal(_)));
        // Components do not tell `a.txt/` from `a.txt`; only a folder has a slash at its end.
        let text = untrusted.as_os_str().as_encoded_bytes();
        let is_folder = text.last().is_some_and(|last| std::path::is_separator(char::from(*last)));
        if !is_below || is_folder || text.contains(&0) {
            return Err(not_found());
        }
        let root = tokio::fs::canonicalize(root).await?;
        let found = tokio::fs::canonicalize(root.join(untrusted)).await;
        // Names that are too long, or lead through a file, are names that no file has.
        let path =
            found.map_err(|error| if error.kind() == io::ErrorKind::PermissionDenied { error } else { not_found() })?;
        if path.starts_with(&root) { Self::open(path).await } else { Err(not_found()) }
    }

    /// Makes clients save the file under this name instead of showing it (RFC 6266). The name may contain any characters.
    #[must_use]
    pub fn download_as(mut self, name: &str) -> Self {
        self.disposition = disposition(name);
        self
    }

    /// Returns its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the media type of its extension, or `application/octet-stream` if the extension is unknown. Text is taken to be
    /// UTF-8.
    pub fn content_type(&self) -> String {
        let guessed = mime_guess::from_path(&self.path).first_or_octet_stream();
        match guessed.type_() == "text" {
            true => format!("{guessed}; charset=utf-8"),
            false => guessed.to_string(),
        }
    }

    /// All of it, opened when it is asked for.
    pub(crate) fn into_body(self) -> Body {
        let opened = stream::once(async { tokio::fs::File::open(self.path).await });
        Body::from_stream(opened.map_ok(ByteStream::from_reader).map_err(axum::Error::new).flat_map(|opened| {
            match opened {
                Ok(pieces) => pieces.map_err(axum::Error::new).left_stream(),
                Err(error) => stream::once(std::future::ready(Err(error))).right_stream(),
            }
        }))
    }
}

impl From<File> for Media<ByteStream> {
    fn from(file: File) -> Self {
        Self { content_type: file.content_type(), bytes: file.into() }
    }
}

/// `attachment`, with a name that every client reads, and the real one. Without a name that is one, none at all.
fn disposition(name: &str) -> Option<HeaderValue> {
    let name: String = name.chars().filter(|c| !c.is_control() && !matches!(c, '/' | '\\')).collect();
    let plain = |c: char| if c.is_ascii() && !matches!(c, '"' | '%') { c } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    let text = match (name.is_empty(), ascii == name) {
        (true, _) => "attachment".to_owned(),
        (false, true) => format!("attachment; filename=\"{name}\""),
        (false, false) => {
            format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{}", utf8_percent_encode(&name, PLAIN))
        }
    };
    HeaderValue::from_str(&text).ok()
}

/// What a request says of the part of a file that it is about.
#[derive(Debug, Clone)]
struct FileRequest {
    method: Method,
    headers: HeaderMap,
}

impl FileRequest {
    fn from_parts(parts: &Parts) -> Self {
        let mut headers = HeaderMap::new();
        for name in ASKED {
            if let Some(value) = parts.headers.get(&name) {
                headers.insert(name, value.clone());
            }
        }
        Self { method: parts.method.clone(), headers }
    }

    fn request(&self, method: Method) -> Request<()> {
        let mut request = Request::new(());
        *request.method_mut() = method;
        request
    }
}

/// Notes what the client asks for of the file that an answer's body is, if it is one, for [`finish`].
pub(crate) fn ask(response: &mut Response, parts: &Parts) {
    if is_one(response) {
        response.extensions_mut().insert(FileRequest::from_parts(parts));
    }
}

/// Notes the file that an answer's body is, for [`finish`].
pub(crate) fn note(response: &mut Response, file: File) {
    if let Some(disposition) = &file.disposition {
        response.headers_mut().insert(CONTENT_DISPOSITION, disposition.clone());
    }
    response.extensions_mut().insert(file);
}

/// Whether the body of an answer is a file, for [`finish`].
pub(crate) fn is_one(response: &Response) -> bool {
    response.extensions().get::<File>().is_some()
}

/// An answer whose body is a file, as the client has asked for it; any other as it is.
pub(crate) async fn finish(mut response: Response) -> Response {
    let (file, asked) = (response.extensions_mut().remove::<File>(), response.extensions_mut().remove::<FileRequest>());
    let Some((file, asked)) = file.zip(asked) else { return response };
    // Nobody asks for a part of an answer of another status, or to another method.
    let may_be_part = response.status() == StatusCode::OK && matches!(asked.method, Method::GET | Method::HEAD);
    let asked = if may_be_part { asked } else { FileRequest { method: Method::GET, headers: HeaderMap::new() } };
    let served = match serve(&file.path, &asked).await {
        Ok(served) => served,
        Err(error) => {
            tracing::error!(%error, "the file of a response cannot be read");
            return HttpError::internal().into_response();
        }
    };
    let (mut parts, body) = served.into_parts();
    if !may_be_part {
        for name in [CONTENT_LENGTH, ETAG, LAST_MODIFIED] {
            response.headers_mut().extend(parts.headers.remove(&name).map(|value| (name, value)));
        }
        return response.map(|_| body);
    }
    if matches!(parts.status, StatusCode::PRECONDITION_FAILED | StatusCode::RANGE_NOT_SATISFIABLE) {
        let error = parts.headers.remove(CONTENT_RANGE).into_iter();
        let error = error.fold(HttpError::new(parts.status), |error, range| error.header(CONTENT_RANGE, range));
        return error.into_response();
    }
    // What the bytes are, the document says, or the handler.
    parts.headers.remove(CONTENT_TYPE);
    response.headers_mut().remove(CONTENT_LENGTH);
    if parts.status == StatusCode::NOT_MODIFIED {
        response.headers_mut().remove(CONTENT_TYPE);
    }
    *response.status_mut() = parts.status;
    for (name, value) in &parts.headers {
        response.headers_mut().insert(name, value.clone());
    }
    *response.body_mut() = body;
    response
}

async fn serve(path: &Path, asked: &FileRequest) -> io::Result<Response> {
    let mut request = asked.request(asked.method.clone());
    *request.headers_mut() = asked.headers.clone();
    if !is_part_wanted(path, asked).await? {
        request.headers_mut().remove(RANGE);
    }
    // Several parts at once come as the whole, as RFC 9110 §14.2 allows.
    let served = ServeFile::new(path).ignore_multi_range_requests(true).try_call(request).await?;
    match served.status() {
        StatusCode::NOT_FOUND => Err(io::ErrorKind::NotFound.into()),
        _ => Ok(served.map(Body::new)),
    }
}

/// Whether the client asks for a part, in a unit that is known, of the file as it is (RFC 9110 §14.2, §13.1.5).
async fn is_part_wanted(path: &Path, asked: &FileRequest) -> io::Result<bool> {
    let range = asked.headers.get(RANGE).map(HeaderValue::as_bytes).unwrap_or_default();
    if asked.method != Method::GET || !range.get(..6).is_some_and(|unit| unit.eq_ignore_ascii_case(b"bytes=")) {
        return Ok(false);
    }
    let Some(condition) = asked.headers.get(IF_RANGE) else { return Ok(true) };
    let current = ServeFile::new(path).try_call(asked.request(Method::HEAD)).await?;
    // The file's tag is a strong one, and a date must be the very same.
    Ok([ETAG, LAST_MODIFIED].iter().any(|name| current.headers().get(name) == Some(condition)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_to_download_as_is_read_by_every_client() {
        let text = |name: &str| disposition(name).expect("it is a header").to_str().expect("it is ASCII").to_owned();
        assert_eq!(text("may report.pdf"), "attachment; filename=\"may report.pdf\"");
        assert_eq!(
            text("Übersicht \"1\".pdf"),
            "attachment; filename=\"_bersicht _1_.pdf\"; filename*=UTF-8''%C3%9Cbersicht%20%221%22.pdf"
        );
        assert_eq!(text("../../a\r\nb: c"), "attachment; filename=\"....ab: c\"");
        assert_eq!(text("\u{7f}"), "attachment");
    }

    #[tokio::test]
    async fn a_file_of_another_status_has_its_length_and_tag_and_is_whole() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = folder.path().join("missing.html");
        std::fs::write(&path, "<h1>Nothing</h1>").expect("it can be written");
        let mut response = StatusCode::NOT_FOUND.into_response();
        note(&mut response, File::open(&path).await.expect("it is there"));
        let (parts, ()) = Request::get("/").header(RANGE, "bytes=0-1").body(()).expect("a request").into_parts();
        ask(&mut response, &parts);
        let response = finish(response).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(response.headers()[CONTENT_LENGTH], "16");
        assert!(response.headers().contains_key(ETAG) && response.headers().contains_key(LAST_MODIFIED));
        let body = axum::body::to_bytes(response.into_body(), 100).await.expect("it can be read");
        assert_eq!(body, "<h1>Nothing</h1>");
    }

    #[tokio::test]
    async fn nothing_leads_out_of_a_folder() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let root = folder.path().join("root");
        std::fs::create_dir_all(root.join("inner")).expect("it can be made");
        std::fs::write(root.join("inner/file.txt"), "inside").expect("it can be written");
        std::fs::write(folder.path().join("secret"), "outside").expect("it can be written");
        #[cfg(unix)]
        std::os::unix::fs::symlink("../secret", root.join("link")).expect("a link can be made");
        let inside = File::within(&root, "inner/file.txt").await.expect("it is there");
        assert_eq!(inside.content_type(), "text/plain; charset=utf-8");
        let absolute = folder.path().join("secret");
        let outside = ["../secret", "inner/../../secret", "link", "inner", "", ".", "none", "a\0b", "/etc/passwd"];
        for path in outside.into_iter().chain(absolute.to_str()) {
            let error = File::within(&root, path).await.expect_err(path);
            assert_eq!(error.kind(), io::ErrorKind::NotFound, "{path}");
        }
    }
}
