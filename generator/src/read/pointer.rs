//! JSON pointers (RFC 6901): how one place of a document is named.

use std::borrow::Cow;
use std::fmt;

/// A JSON pointer; empty for the whole document.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads the text of a pointer, such as `/components/schemas/Pet`.
    pub fn parse(text: &str) -> Option<Self> {
        (text.is_empty() || text.starts_with('/')).then(|| Self(text.to_owned()))
    }

    /// Reads a `$ref` into the same document, such as `#/components/schemas/Pet`.
    ///
    /// A fragment is percent-encoded (RFC 6901 §6).
    pub fn from_fragment(reference: &str) -> Option<Self> {
        let fragment = reference.strip_prefix('#')?;
        let bytes = percent_decode(fragment)?;
        Self::parse(&bytes)
    }

    /// The pointer as a URI's fragment, without `#` (RFC 6901 §6, RFC 3986 §3.5).
    pub fn to_fragment(&self) -> String {
        let escaped = |byte: u8| match byte {
            _ if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=:@?".contains(&byte) => (byte as char).to_string(),
            _ => format!("%{byte:02X}"),
        };
        self.0.bytes().map(escaped).collect()
    }

    /// The place of member or item `segment` below this one.
    #[must_use]
    pub fn join(&self, segment: &str) -> Self {
        let mut text = String::with_capacity(self.0.len() + segment.len() + 1);
        text.push_str(&self.0);
        text.push('/');
        for character in segment.chars() {
            match character {
                '~' => text.push_str("~0"),
                '/' => text.push_str("~1"),
                other => text.push(other),
            }
        }
        Self(text)
    }

    /// The place of item `index` below this one.
    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// The place that holds this one.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (parent, _) = self.0.rsplit_once('/')?;
        Some(Self(parent.to_owned()))
    }

    /// The unescaped segments, outermost first.
    pub fn segments(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.0.split('/').skip(1).map(|raw| {
            if raw.contains('~') { Cow::Owned(raw.replace("~1", "/").replace("~0", "~")) } else { Cow::Borrowed(raw) }
        })
    }

    /// The place of `inner`, which counts from this one.
    #[must_use]
    pub fn append(&self, inner: &Self) -> Self {
        Self(format!("{}{}", self.0, inner.0))
    }

    /// This place and all that hold it, innermost first.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self.clone()), Self::parent)
    }

    /// The last segment, unescaped.
    pub fn last(&self) -> Option<Cow<'_, str>> {
        self.segments().last()
    }

    /// The pointer's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The text without its percent-encoding (RFC 3986 §2.1); `None` where that is broken, or no UTF-8.
pub(crate) fn percent_decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        if byte == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(byte);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_and_splits_with_escapes() {
        let pointer = Pointer::root().join("paths").join("/pets/{id}").join("a~b").item(3);
        assert_eq!(pointer.as_str(), "/paths/~1pets~1{id}/a~0b/3");
        assert_eq!(pointer.segments().collect::<Vec<_>>(), ["paths", "/pets/{id}", "a~b", "3"]);
    }

    #[test]
    fn reads_percent_encoded_fragments() {
        let pointer = Pointer::from_fragment("#/paths/~1a%7Bb%7D").map(|p| p.to_string());
        assert_eq!(pointer.as_deref(), Some("/paths/~1a{b}"));
        assert_eq!(Pointer::from_fragment("other.yaml#/a"), None);
        assert_eq!(Pointer::from_fragment("#/%zz"), None);
        let back = pointer.and_then(|text| Pointer::parse(&text)).map(|pointer| pointer.to_fragment());
        assert_eq!(back.as_deref(), Some("/paths/~1a%7Bb%7D"));
    }
}
