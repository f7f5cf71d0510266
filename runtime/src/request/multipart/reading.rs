//! Reading the parts of a form, within bounds.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use multer::Multipart;

use super::super::FormLimits;
use super::super::body::broken_off;
use super::super::fields::{FormValue, MalformedName, Tree};
use super::super::upload::{UploadFile, UploadWriter};
use super::Parts;
use super::gate::Held;
use super::part_rules::{Rules, pointer};
use crate::protocol::BodyError;
use crate::protocol::{HttpError, media_type};

/// Why a form is not read to its end.
pub(super) enum Stopped {
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
pub(super) struct Reading {
    pub multipart: Multipart<'static>,
    pub held: Arc<AtomicUsize>,
    pub files: &'static [&'static str],
    pub rules: Rules,
    pub tree: Tree<'static>,
    pub found: HashMap<&'static str, Vec<UploadFile>>,
    pub limits: FormLimits,
    /// How many parts have come so far.
    pub count: usize,
    /// How many bytes may still be held in memory, and how many files may still have.
    pub memory: usize,
    pub disk: usize,
}

impl Reading {
    pub(super) async fn all(mut self) -> Result<Parts<'static>, Stopped> {
        while let Some(part) = self.multipart.next_field().await? {
            self.held.store(0, Ordering::Relaxed);
            self.count += 1;
            if self.count > self.limits.parts {
                return Err(too_much(format!("The body may have at most {} parts.", self.limits.parts)));
            }
            let Some(name) = part.name().map(str::to_owned) else {
                return Err(Stopped::Malformed(String::new(), "has a part without a name"));
            };
            let file = self.files.iter().find(|file| **file == name);
            self.rules.check_head(&name, part.headers(), file.is_some()).map_err(Stopped::Refused)?;
            match file {
                Some(file) => self.file(file, part).await?,
                None => self.field(name, part).await?,
            }
        }
        Ok(Parts { fields: self.tree.finish(), files: self.found, broken: self.rules.broken, valid: None })
    }

    async fn file(&mut self, name: &'static str, mut part: multer::Field<'static>) -> Result<(), Stopped> {
        let file_name = part.file_name().map(str::to_owned);
        let headers = part.headers().clone();
        let mut incoming = UploadWriter::new();
        while let Some(piece) = part.chunk().await? {
            self.held.store(0, Ordering::Relaxed);
            self.disk = self.disk.checked_sub(piece.len()).ok_or(Stopped::TooLarge)?;
            incoming.write(&piece, &mut self.memory).await?;
        }
        let file = incoming.finish(file_name, headers).await?;
        // What browsers send where no file was chosen (HTML, "constructing the entry list").
        let chosen = !(file.is_empty() && file.file_name() == Some(""));
        if chosen {
            self.rules.check_length(name, file.len());
            self.found.entry(name).or_default().push(file);
        }
        Ok(())
    }

    async fn field(&mut self, name: String, mut part: multer::Field<'static>) -> Result<(), Stopped> {
        let is_json = content_type(&part).is_some_and(media_type::is_json);
        self.memory = self.memory.checked_sub(name.len()).ok_or(Stopped::TooLarge)?;
        let mut bytes = Vec::new();
        while let Some(piece) = part.chunk().await? {
            self.held.store(0, Ordering::Relaxed);
            self.memory = self.memory.checked_sub(piece.len()).ok_or(Stopped::TooLarge)?;
            if piece.len() > self.limits.field - bytes.len() {
                return Err(too_much(format!("A field may have at most {} bytes.", self.limits.field)));
            }
            bytes.extend_from_slice(&piece);
        }
        let at = || pointer(&name);
        let Ok(text) = String::from_utf8(bytes) else { return Err(Stopped::Malformed(at(), "is not UTF-8")) };
        if is_json && serde_json::from_str::<serde::de::IgnoredAny>(&text).is_err() {
            return Err(Stopped::Malformed(at(), "cannot be read as JSON"));
        }
        let value = if is_json { FormValue::Json(text.into()) } else { FormValue::Text(text.into()) };
        let added = self.tree.add(name.into(), value);
        added.map_err(|MalformedName(why)| Stopped::Malformed(String::new(), why))
    }
}

fn too_much(detail: String) -> Stopped {
    Stopped::Refused(HttpError::content_too_large().detail(detail))
}

fn content_type<'p>(part: &'p multer::Field<'_>) -> Option<&'p str> {
    part.headers().get(http::header::CONTENT_TYPE)?.to_str().ok()
}
