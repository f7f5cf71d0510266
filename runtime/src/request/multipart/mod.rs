//! `multipart/form-data` bodies (RFC 7578): fields as in forms, and files.

mod gate;
mod part_rules;
mod reading;

use std::borrow::Cow;
use std::collections::HashMap;

use multer::Multipart;
use serde_json::Value;

use super::UploadFile;
use super::Validation;
use super::body::{Body, too_large};
use super::contract::Loaded;
use super::fields::{Field, FormValue, Tree};
use super::{Decoder, disagreement};
use crate::json::{self, Decode};
use crate::protocol::{HttpError, Violation, media_type};
use crate::response::ByteStream;
use gate::Gate;
use part_rules::Rules;
use reading::{Reading, Stopped};

pub use part_rules::{PartHeader, PartRules};

/// A form with files: a generated struct.
pub trait FromParts: Sized {
    /// The fields that are files.
    const FILES: &'static [&'static str];

    /// Takes the fields; `None` where one is missing or not of its type.
    fn from_parts(parts: &mut Parts<'_>) -> Option<Self>;
}

/// How a form with parts is read.
#[derive(Debug, Clone, Copy)]
pub struct MultipartForm {
    /// The fields that are not written as usual.
    pub fields: &'static [Field],
    /// The names of those that are files.
    pub files: &'static [&'static str],
    /// What parts must be beside what the schema says.
    pub rules: &'static [PartRules],
}

/// The parts of a form.
#[derive(Debug)]
pub struct Parts<'t> {
    fields: FormValue<'t>,
    files: HashMap<&'static str, Vec<UploadFile>>,
    /// What is wrong with single parts.
    broken: Vec<Violation>,
    /// The value that the fields stand for, once it is known to be valid: their texts alone may not say it.
    valid: Option<Value>,
}

/// A form as it was sent.
pub(super) type Sent = Result<Parts<'static>, Broken>;

/// A place where a form is none, and why.
#[derive(Debug)]
pub(super) struct Broken {
    at: String,
    why: &'static str,
}

impl<'t> Parts<'t> {
    /// A field that must be there.
    pub fn required<T: Decode>(&self, name: &str, check: fn(&T) -> bool) -> Option<T> {
        let decoded = match &self.valid {
            Some(value) => json::from_str(&value.get(name)?.to_string()).ok(),
            None => json::of_field(self.field(name)?).ok(),
        };
        decoded.filter(check)
    }

    /// A field that may be absent.
    pub fn optional<T: Decode>(&self, name: &str, check: fn(&T) -> bool) -> Option<Option<T>> {
        match self.has(name) {
            true => self.required(name, check).map(Some),
            false => Some(None),
        }
    }

    /// A field that may be absent, and then is what the document says.
    pub fn or_default<T: Decode>(&self, name: &str, check: fn(&T) -> bool, default: fn() -> T) -> Option<T> {
        self.optional(name, check).map(|value| value.unwrap_or_else(default))
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

    fn has_empty_field(&self) -> bool {
        let FormValue::Object(members) = &self.fields else { return false };
        members.values().any(|field| matches!(field, FormValue::Text(text) if text.is_empty()))
    }

    fn has(&self, name: &str) -> bool {
        match &self.valid {
            Some(json) => json.get(name).is_some(),
            None => self.field(name).is_some(),
        }
    }

    fn field(&self, name: &str) -> Option<&FormValue<'t>> {
        match &self.fields {
            FormValue::Object(members) => members.get(name),
            _ => None,
        }
    }

    /// The fields for the validator, which sees a string in place of each file.
    fn for_validator(&self) -> FormValue<'t> {
        let mut fields = self.fields.clone();
        if let FormValue::Object(members) = &mut fields {
            for (name, files) in &self.files {
                let mut marks: Vec<FormValue<'_>> = files.iter().map(|_| FormValue::Text(Cow::Borrowed(""))).collect();
                let mark = if marks.len() == 1 { marks.pop() } else { None };
                members.insert(Cow::Borrowed(*name), mark.unwrap_or(FormValue::List(marks)));
            }
        }
        fields
    }
}

impl Decoder {
    /// A form without files.
    pub fn multipart<T: Decode>(&mut self, check: fn(&T) -> bool) -> Option<T> {
        let (body, parts) = self.parts_of_body()?;
        self.decode_fields(body, &parts.fields, check)
    }

    /// A form with files.
    pub fn upload<T: FromParts>(&mut self) -> Option<T> {
        let (body, mut parts) = self.parts_of_body()?;
        let for_validator = parts.for_validator();
        if body.validation == Validation::Static
            && !parts.has_empty_field()
            && let Some(taken) = T::from_parts(&mut parts)
        {
            return Some(taken);
        }
        // The validator has not seen the bytes of files, only whether there are any.
        let is_told = |violation: &Violation| {
            let name = violation.at.strip_prefix('/').and_then(|path| path.split('/').next()).unwrap_or_default();
            !T::FILES.contains(&name) || matches!(&*violation.code, "required" | "type" | "minItems" | "maxItems")
        };
        let json = self.valid_json(body, &for_validator, is_told)?;
        parts.valid = Some(json);
        let taken = T::from_parts(&mut parts);
        if let (None, Some(json)) = (&taken, &parts.valid) {
            self.violations.push(disagreement::of_value(json, "", body.schema));
        }
        taken
    }

    /// The parts, and the body that they are of; `None` where it is no form.
    fn parts_of_body(&mut self) -> Option<(&'static Body, Parts<'static>)> {
        let Loaded::Parts(sent) = std::mem::take(&mut self.loaded) else { return None };
        let mut parts = sent.map_err(|Broken { at, why }| self.malformed(&at, why)).ok()?;
        self.violations.append(&mut parts.broken);
        Some((self.body()?, parts))
    }

    /// Reads all parts.
    pub(super) async fn read_parts(
        &mut self,
        body: &'static Body,
        MultipartForm { fields, files, rules }: MultipartForm,
    ) -> Result<Sent, HttpError> {
        self.acceptable(body)?;
        let limit = if files.is_empty() {
            self.incoming.limits.body
        } else {
            self.incoming.limits.body.saturating_add(self.incoming.limits.upload)
        };
        self.check_length(limit)?;
        let Some(boundary) = self.content_type().and_then(|sent| media_type::parameter(sent, "boundary")) else {
            return Ok(Err(Broken { at: String::new(), why: "has no boundary in its `Content-Type`" }));
        };
        let (gate, held) = Gate::new(ByteStream::limited(std::mem::take(&mut self.incoming.body), limit));
        let reading = Reading {
            multipart: Multipart::new(gate, boundary),
            held,
            files,
            rules: Rules { all: rules, schemas: self.contract.schemas, broken: Vec::new() },
            tree: Tree::new(fields),
            found: HashMap::new(),
            limits: self.incoming.limits.form,
            count: 0,
            memory: self.incoming.limits.body,
            disk: self.incoming.limits.upload,
        };
        match self.incoming.wait.for_client(reading.all()).await? {
            Ok(parts) => Ok(Ok(parts)),
            Err(Stopped::Malformed(at, why)) => Ok(Err(Broken { at, why })),
            Err(Stopped::TooLarge) => Err(too_large(limit)),
            Err(Stopped::Refused(error)) => Err(error),
        }
    }
}
