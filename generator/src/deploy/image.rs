//! The image that replicas are started from, and how it is built.

use std::fmt;
use std::str::FromStr;

use askama::Template;

use super::{HTTP_PORT, text_of};
use crate::render::Files;

/// A program, as cargo knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binary {
    package: Option<String>,
    name: String,
}

impl Binary {
    /// The program of this name, and the package that has it, which a workspace of several needs.
    ///
    /// # Errors
    ///
    /// Cargo has no such names.
    pub fn new(package: Option<&str>, name: &str) -> Result<Self, String> {
        for text in package.into_iter().chain([name]) {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            if text.is_empty() || text.starts_with('-') || !text.bytes().all(plain) {
                return Err(format!("`{text}` should be of letters, digits, `-` and `_`"));
            }
        }
        Ok(Self { package: package.map(str::to_owned), name: name.to_owned() })
    }

    /// What cargo builds: `--package shop --bin shop`.
    pub(super) fn selection(&self) -> String {
        let package = self.package.iter().map(|package| format!("--package {package} "));
        package.collect::<String>() + "--bin " + &self.name
    }
}

impl fmt::Display for Binary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

/// A container image, by its tag, its digest or both: `registry.example/shop:1.0`, `registry.example/shop@sha256:…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    name: String,
    tag: Option<String>,
    digest: Option<String>,
}

impl FromStr for Image {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (rest, digest) = text.split_once('@').map_or((text, None), |(rest, digest)| (rest, Some(digest)));
        // Before a slash, a colon stands before the port of a registry.
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (rest, None),
        };
        if tag.is_none() && digest.is_none() {
            return Err("it should have a tag or a digest: NAME:TAG, or NAME@sha256:DIGEST".to_owned());
        }
        if digest.is_some_and(|digest| !is_digest(digest)) {
            return Err("its digest should be `sha256:` and 64 digits of 0-9 and a-f".to_owned());
        }
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(
                "its tag should be 1 to 128 letters, digits, `_`, `.` and `-`, from a letter or digit".to_owned()
            );
        }
        if !is_name(name) {
            return Err("its name should be of letters a-z, digits, and `.`, `_`, `-` and `/` between them".to_owned());
        }
        Ok(Self { name: name.to_owned(), tag: tag.map(str::to_owned), digest: digest.map(str::to_owned) })
    }
}

fn is_digest(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:").unwrap_or_default();
    digits.len() == 64 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Names between slashes; the first may have a port.
fn is_name(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_part = |part: &str| {
        let bytes = part.as_bytes();
        let ends = bytes.first().zip(bytes.last());
        let is_plain = |byte: &u8| is_inner(*byte) || b"._-".contains(byte);
        ends.is_some_and(|(first, last)| is_inner(*first) && is_inner(*last)) && bytes.iter().all(is_plain)
    };
    let (host, rest) = text.split_once('/').map_or(("", text), |(host, rest)| (host, rest));
    let (host, port) = host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port)));
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    (!text.contains('/') || is_part(host)) && port.is_none_or(is_port) && rest.split('/').all(is_part)
}

fn is_tag(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    (1..=128).contains(&text.len()) && !text.starts_with(['.', '-']) && text.bytes().all(plain)
}

impl Image {
    /// Its name, without tag and digest.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its tag; empty where it has none.
    pub(super) fn tag(&self) -> &str {
        self.tag.as_deref().unwrap_or_default()
    }

    /// The image that a builder calls `NAME@sha256:…` once it is pushed; `None` where that is another one. Builders may
    /// leave out the registry that is theirs by default.
    pub fn with_digest(&self, pushed: &str) -> Option<Self> {
        let (name, digest) = pushed.split_once('@').filter(|(_, digest)| is_digest(digest))?;
        let rest = self.name.strip_suffix(name)?;
        let is_same = rest.is_empty() || rest == "docker.io/" || rest == "docker.io/library/";
        is_same.then(|| Self { digest: Some(digest.to_owned()), ..self.clone() })
    }

    /// Its digest, if it is known: `sha256:…`.
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }
}

impl fmt::Display for Image {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)?;
        self.tag.iter().try_for_each(|tag| write!(formatter, ":{tag}"))?;
        self.digest.iter().try_for_each(|digest| write!(formatter, "@{digest}"))
    }
}

/// What a build does not look at.
pub(crate) const IGNORED: &str = include_str!("../../templates/deploy/image/dockerignore");

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
        ("Dockerfile.dockerignore".to_owned(), IGNORED.to_owned()),
        ("Dockerfile.prebuilt".to_owned(), text_of(Prebuilt { binary })?),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pushed_image_has_the_digest_that_its_builder_says() {
        let pushed = |image: &str, said: &str| {
            let image: Image = image.parse().expect("an image");
            image.with_digest(said).map(|image| image.to_string())
        };
        let digest = format!("sha256:{}", "a".repeat(64));
        let of = |name: &str| format!("{name}@{digest}");
        assert_eq!(pushed("r.example/shop:1", &of("r.example/shop")), Some(of("r.example/shop:1")));
        assert_eq!(pushed("docker.io/library/shop:1", &of("shop")), Some(of("docker.io/library/shop:1")));
        assert_eq!(pushed("r.example/shop:1", &of("shop")), None);
        assert_eq!(pushed("r.example/shop:1", "r.example/shop@sha256:1"), None);
    }

    #[test]
    fn images_have_a_tag_or_a_digest() {
        let digest = format!("sha256:{}", "0".repeat(64));
        let by_digest = format!("registry.example:5000/a/shop@{digest}");
        for right in [by_digest.as_str(), "shop:1.0", "registry.example:5000/shop:v2_a", &format!("shop:1@{digest}")] {
            let image: Result<Image, _> = right.parse();
            assert_eq!(image.map(|image| image.to_string()), Ok(right.to_owned()));
        }
        let wrong = [
            "shop",
            "registry.example:5000/shop",
            "shop:",
            "shop:-1",
            "shop@sha256:12",
            ":1",
            "a b:1",
            "-a:1",
            "a//b:1",
            "a-:1",
            "A:1",
        ];
        for wrong in wrong.into_iter().chain([format!("@{digest}").as_str()]) {
            assert!(wrong.parse::<Image>().is_err(), "{wrong}");
        }
    }
}
