//! `multipart/form-data` bodies (RFC 7578): fields as in forms, and files.

use std::borrow::Cow;
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;
use multer::Multipart;

use super::Decoder;
use super::body::{Body, Validation, broken_off, too_large, too_late};
use super::fields::{Field, MalformedName, Node, Tree};
use crate::error::HttpError;
use crate::generated::json::Decode;
use crate::media;
use crate::stream::{BodyError, ByteStream};
use crate::upload::{Incoming, UploadFile};

/// A form may have at most this many parts.
const MOST_PARTS: usize = 1_000;

/// The parser may hold back at most about this many bytes that lead to nothing: a part's head, or what
/// stands before the first part.
const MOST_HELD: usize = 64 * 1024;

/// A form with files: a generated struct.
pub trait FromParts: Sized {
    /// The fields that are files.
    const FILES: &'static [&'static str];

    /// Takes the fields; `None` where one is missing or not of its type.
    fn from_parts(parts: &mut Parts<'_>) -> Option<Self>;
}

/// The parts of a form.
#[derive(Debug)]
pub struct Parts<'t> {
    fields: Node<'t>,
    files: HashMap<&'static str, Vec<UploadFile>>,
}

impl<'t> Parts<'t> {
    /// A field that must be there.
    pub fn required<T: for<'de> Decode<'de>>(&self, name: &str, check: fn(&T) -> bool) -> Option<T> {
        T::decode(self.field(name)?).ok().filter(check)
    }

    /// A field that may be absent.
    pub fn optional<T: for<'de> Decode<'de>>(&self, name: &str, check: fn(&T) -> bool) -> Option<Option<T>> {
        match self.field(name) {
            Some(_) => self.required(name, check).map(Some),
            None => Some(None),
        }
    }

    /// A file that must be there.
    pub fn file(&mut self, name: &str) -> Option<UploadFile> {
        self.optional_file(name).flatten()
    }

    /// A file that may be absent.
    pub fn optional_file(&mut self, name: &str) -> Option<Option<UploadFile>> {
        let mut files = self.files(name);
        let file = files.pop();
        files.is_empty().then_some(file)
    }

    /// All files of this name.
    pub fn files(&mut self, name: &str) -> Vec<UploadFile> {
        self.files.remove(name).unwrap_or_default()
    }

    /// All files of this name, of which there must be one.
    pub fn required_files(&mut self, name: &str) -> Option<Vec<UploadFile>> {
        Some(self.files(name)).filter(|files| !files.is_empty())
    }

    fn field(&self, name: &str) -> Option<&Node<'t>> {
        match &self.fields {
            Node::Object(members) => members.get(name),
            _ => None,
        }
    }

    /// The same for the validator, which sees a string in place of a file.
    fn for_validator(&self) -> Node<'t> {
        let mut fields = self.fields.clone();
        if let Node::Object(members) = &mut fields {
            for (name, files) in &self.files {
                let mut marks: Vec<Node<'_>> = files.iter().map(|_| Node::Text(Cow::Borrowed(""))).collect();
                let mark = if marks.len() == 1 { marks.pop() } else { None };
                members.insert(Cow::Borrowed(*name), mark.unwrap_or(Node::List(marks)));
            }
        }
        fields
    }
}

impl Decoder {
    /// A form without files.
    pub async fn multipart<T: for<'de> Decode<'de>>(
        &mut self,
        body: &'static Body,
        fields: &'static [Field],
        check: fn(&T) -> bool,
    ) -> Result<Option<T>, HttpError> {
        let parts = self.read_parts(body, fields, &[]).await?;
        Ok(parts.and_then(|parts| self.decode_fields(body, &parts.fields, check)))
    }

    /// A form with files.
    pub async fn upload<T: FromParts>(
        &mut self,
        body: &'static Body,
        fields: &'static [Field],
    ) -> Result<Option<T>, HttpError> {
        let Some(mut parts) = self.read_parts(body, fields, T::FILES).await? else { return Ok(None) };
        let for_validator = parts.for_validator();
        let taken = T::from_parts(&mut parts);
        if taken.is_some() && body.validation == Validation::Static {
            return Ok(taken);
        }
        let json = self.schemas.value(body.schema, &for_validator);
        let before = self.violations.len();
        self.is_valid(body, &json);
        // The validator has not seen the bytes of files, only whether there are any.
        let is_told = |at: &str, code: &str| {
            let name = at.strip_prefix('/').and_then(|path| path.split('/').next()).unwrap_or_default();
            !T::FILES.contains(&name) || matches!(code, "required" | "type" | "minItems" | "maxItems")
        };
        let found = self.violations.split_off(before);
        self.violations.extend(found.into_iter().filter(|violation| is_told(&violation.at, &violation.code)));
        if self.violations.len() > before || self.is_unchecked() {
            return Ok(None);
        }
        if taken.is_none() {
            self.violate_body("", "type", "is not of the type, or not in the range, that is asked for");
        }
        Ok(taken)
    }

    /// Reads all parts; `None` where the body is no form.
    async fn read_parts(
        &mut self,
        body: &'static Body,
        fields: &'static [Field],
        files: &'static [&'static str],
    ) -> Result<Option<Parts<'static>>, HttpError> {
        self.acceptable(body)?;
        let limit = if files.is_empty() { self.body_limit } else { self.body_limit.saturating_add(self.upload_limit) };
        self.check_length(limit)?;
        let Some(boundary) = self.content_type().and_then(|sent| media::parameter(sent, "boundary")) else {
            self.malformed("", "has no boundary in its `Content-Type`");
            return Ok(None);
        };
        let (gate, held) = Gate::new(ByteStream::limited(std::mem::take(&mut self.body), limit));
        let reading = Reading {
            multipart: Multipart::new(gate, boundary),
            held,
            files,
            tree: Tree::new(fields),
            found: HashMap::new(),
            memory: self.body_limit,
            disk: self.upload_limit,
        };
        match tokio::time::timeout_at(self.deadline, reading.all()).await {
            Err(_) => Err(too_late()),
            Ok(Ok(parts)) => Ok(Some(parts)),
            Ok(Err(Stopped::Malformed(at, why))) => {
                self.malformed(&at, why);
                Ok(None)
            }
            Ok(Err(Stopped::TooLarge)) => Err(too_large(limit)),
            Ok(Err(Stopped::Refused(error))) => Err(error),
        }
    }
}

/// Why a form is not read to its end.
enum Stopped {
    /// A place and what is wrong there.
    Malformed(String, &'static str),
    TooLarge,
    Refused(HttpError),
}

impl From<std::io::Error> for Stopped {
    fn from(error: std::io::Error) -> Self {
        Self::Refused(error.into())
    }
}

impl From<multer::Error> for Stopped {
    fn from(error: multer::Error) -> Self {
        match error {
            multer::Error::StreamReadFailed(error) => match error.downcast_ref() {
                Some(BodyError::TooLarge) => Self::TooLarge,
                _ if error.is::<Held>() => Self::Malformed(String::new(), "has a part with too long a head"),
                _ => Self::Refused(broken_off()),
            },
            multer::Error::IncompleteFieldData { .. }
            | multer::Error::IncompleteHeaders
            | multer::Error::IncompleteStream => Self::Malformed(String::new(), "ends too early"),
            _ => Self::Malformed(String::new(), "cannot be read as `multipart/form-data`"),
        }
    }
}

/// A form that is being read.
struct Reading {
    multipart: Multipart<'static>,
    held: Arc<AtomicUsize>,
    files: &'static [&'static str],
    tree: Tree<'static>,
    found: HashMap<&'static str, Vec<UploadFile>>,
    /// How many bytes may still be held in memory, and how many files may still have.
    memory: usize,
    disk: usize,
}

impl Reading {
    async fn all(mut self) -> Result<Parts<'static>, Stopped> {
        let mut count = 0;
        while let Some(part) = self.multipart.next_field().await? {
            self.held.store(0, Ordering::Relaxed);
            count += 1;
            if count > MOST_PARTS {
                let detail = format!("The body may have at most {MOST_PARTS} parts.");
                return Err(Stopped::Refused(HttpError::content_too_large().detail(detail)));
            }
            let Some(name) = part.name().map(str::to_owned) else {
                return Err(Stopped::Malformed(String::new(), "has a part without a name"));
            };
            match self.files.iter().find(|file| **file == name) {
                Some(file) => self.file(file, part).await?,
                None => self.field(name, part).await?,
            }
        }
        Ok(Parts { fields: self.tree.finish(), files: self.found })
    }

    async fn file(&mut self, name: &'static str, mut part: multer::Field<'static>) -> Result<(), Stopped> {
        let file_name = part.file_name().map(str::to_owned);
        let content_type = content_type(&part).map(str::to_owned);
        let mut incoming = Incoming::new();
        while let Some(piece) = part.chunk().await? {
            self.held.store(0, Ordering::Relaxed);
            self.disk = self.disk.checked_sub(piece.len()).ok_or(Stopped::TooLarge)?;
            incoming.write(&piece, &mut self.memory).await?;
        }
        let file = incoming.finish(file_name, content_type).await?;
        // What browsers send where no file was chosen (HTML, "constructing the entry list").
        let chosen = !(file.is_empty() && file.file_name() == Some(""));
        if chosen {
            self.found.entry(name).or_default().push(file);
        }
        Ok(())
    }

    async fn field(&mut self, name: String, mut part: multer::Field<'static>) -> Result<(), Stopped> {
        let is_json = content_type(&part).is_some_and(media::is_json);
        self.memory = self.memory.checked_sub(name.len()).ok_or(Stopped::TooLarge)?;
        let mut bytes = Vec::new();
        while let Some(piece) = part.chunk().await? {
            self.held.store(0, Ordering::Relaxed);
            self.memory = self.memory.checked_sub(piece.len()).ok_or(Stopped::TooLarge)?;
            bytes.extend_from_slice(&piece);
        }
        let at = || format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        let Ok(text) = String::from_utf8(bytes) else { return Err(Stopped::Malformed(at(), "is not UTF-8")) };
        if is_json && serde_json::from_str::<serde::de::IgnoredAny>(&text).is_err() {
            return Err(Stopped::Malformed(at(), "cannot be read as JSON"));
        }
        let value = if is_json { Node::Json(text.into()) } else { Node::Text(text.into()) };
        let added = self.tree.add(name.into(), value);
        added.map_err(|MalformedName(why)| Stopped::Malformed(String::new(), why))
    }
}

fn content_type<'p>(part: &'p multer::Field<'_>) -> Option<&'p str> {
    part.headers().get(http::header::CONTENT_TYPE)?.to_str().ok()
}

/// Lets pieces through one at a time, for the parser would else read ahead as far as it can; and stops
/// where it only ever holds back what it has got.
struct Gate {
    pieces: ByteStream,
    /// How many bytes were let through since the last thing that came out of the parser.
    held: Arc<AtomicUsize>,
    is_open: bool,
}

/// The parser holds back too much.
#[derive(Debug)]
struct Held;

impl std::fmt::Display for Held {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a part has too long a head")
    }
}

impl std::error::Error for Held {}

impl Gate {
    fn new(pieces: ByteStream) -> (Self, Arc<AtomicUsize>) {
        let held = Arc::new(AtomicUsize::new(0));
        (Self { pieces, held: Arc::clone(&held), is_open: true }, held)
    }
}

impl Stream for Gate {
    type Item = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if !std::mem::replace(&mut self.is_open, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.held.load(Ordering::Relaxed) > MOST_HELD {
            return Poll::Ready(Some(Err(Box::new(Held))));
        }
        let piece = std::task::ready!(Pin::new(&mut self.pieces).poll_next(context));
        if let Some(Ok(bytes)) = &piece {
            self.held.fetch_add(bytes.len(), Ordering::Relaxed);
            self.is_open = false;
        }
        Poll::Ready(piece.map(|piece| piece.map_err(Into::into)))
    }
}
