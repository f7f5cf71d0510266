//! How the image is built that replicas are started from.

use std::fmt;
use std::str::FromStr;

use askama::Template;

use super::{ADMIN_PORT, HTTP_PORT, text_of};
use crate::render::Files;

/// What cargo calls the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binary(String);

impl FromStr for Binary {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if text.is_empty() || text.starts_with('-') || !text.bytes().all(plain) {
            return Err("it should be of letters, digits, `-` and `_`".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Binary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[derive(Template)]
#[template(path = "deploy/image/Dockerfile.askama", escape = "quotes")]
struct FromSources<'d> {
    binary: &'d Binary,
}

#[derive(Template)]
#[template(path = "deploy/image/Dockerfile.prebuilt.askama", escape = "quotes")]
struct Prebuilt<'d> {
    binary: &'d Binary,
}

/// The text of a Dockerfile that compiles a program.
///
/// # Errors
///
/// A mistake of the generator.
pub(crate) fn dockerfile(binary: &Binary) -> askama::Result<String> {
    text_of(FromSources { binary })
}

/// An image that compiles the program, and one that takes it as it is.
pub(super) fn files(binary: &Binary) -> askama::Result<Files> {
    Ok(Files::from([
        ("Dockerfile".to_owned(), text_of(FromSources { binary })?),
        ("Dockerfile.prebuilt".to_owned(), text_of(Prebuilt { binary })?),
    ]))
}
