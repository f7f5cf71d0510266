//! Where a file is: an absolute URI, so that one file has one name however it is spelled.

use std::fmt;
use std::path::{Component, Path, PathBuf};

use fluent_uri::{Uri, UriRef};

use super::pointer::percent_decode;

/// An absolute URI without a fragment, normalized (RFC 3986 §6.2.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location(Uri<String>);

impl Location {
    /// The location of a file of this machine; `None` where its path is not Unicode.
    pub fn of_file(path: &Path) -> Option<Self> {
        let mut uri = "file://".to_owned();
        for component in std::path::absolute(path).ok()?.components() {
            match component {
                Component::RootDir | Component::CurDir => {}
                Component::ParentDir => uri.push_str("/.."),
                Component::Prefix(_) | Component::Normal(_) => {
                    uri.push('/');
                    let name = component.as_os_str().to_str()?;
                    uri.push_str(&encoded(&name.replace('%', "%25")).replace('?', "%3F").replace('#', "%23"));
                }
            }
        }
        Self::parse(&uri)
    }

    /// Reads an absolute URI; a fragment is left out.
    pub fn parse(uri: &str) -> Option<Self> {
        let uri = Uri::parse(encoded(uri)).ok()?;
        Some(Self(uri.strip_fragment().normalize()))
    }

    /// The location that a reference without fragment names from here (RFC 3986 §5.2).
    pub fn join(&self, reference: &str) -> Option<Self> {
        let reference = UriRef::parse(encoded(reference)).ok()?;
        let joined = reference.resolve_against(&self.0).ok()?;
        Some(Self(joined.strip_fragment().normalize()))
    }

    /// The path of a file of this machine.
    pub fn path(&self) -> Option<PathBuf> {
        let path = percent_decode(self.has_scheme("file").then(|| self.0.path().as_str())?)?;
        let is_drive = cfg!(windows) && path.as_bytes().get(2) == Some(&b':');
        Some(PathBuf::from(if is_drive { &path[1..] } else { &path }))
    }

    /// Whether this is to be fetched over HTTP.
    pub fn is_remote(&self) -> bool {
        self.has_scheme("http") || self.has_scheme("https")
    }

    fn has_scheme(&self, scheme: &str) -> bool {
        self.0.scheme().as_str() == scheme
    }

    /// The URI's text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Whether a reference says itself which scheme it has, or starts at the root of a file system.
pub(super) fn is_absolute_file(reference: &str) -> bool {
    let scheme = reference.split_once(':').map(|(scheme, _)| scheme);
    reference.starts_with('/') || scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("file"))
}

/// The text with what may not stand in a URI percent-encoded, as in `my file.yaml`.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    for (index, byte) in bytes.iter().enumerate() {
        let escapes = || bytes.get(index + 1..index + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
        match byte {
            b'%' if !escapes() => encoded.push_str("%25"),
            0..=b' ' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 127.. => {
                encoded.push_str(&format!("%{byte:02X}"));
            }
            byte => encoded.push((*byte).into()),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(base: &str, reference: &str) -> String {
        Location::parse(base).and_then(|base| base.join(reference)).map_or_else(String::new, |at| at.to_string())
    }

    #[test]
    fn one_file_has_one_name_however_it_is_spelled() {
        for spelling in ["a.yaml", "./a.yaml", "x/../a.yaml", "%61.yaml", "a.yaml#/b"] {
            assert_eq!(join("file:///specs/api.yaml", spelling), "file:///specs/a.yaml");
        }
        assert_eq!(join("file:///specs/api.yaml", "../common/a.yaml"), "file:///common/a.yaml");
    }

    #[test]
    fn file_names_that_are_no_uris_are_taken_as_they_are() {
        let location = Location::parse("file:///specs/api.yaml").and_then(|base| base.join("my pets (50%).yaml"));
        let path = location.and_then(|location| location.path());
        assert_eq!(path.as_deref(), Some(Path::new("/specs/my pets (50%).yaml")));
    }

    #[test]
    fn paths_and_locations_are_the_same() {
        let path = std::path::absolute("specs/größe/a b?#50%41.yaml").expect("a path");
        assert_eq!(Location::of_file(&path).and_then(|location| location.path()), Some(path));
    }

    #[test]
    fn a_urn_has_no_relatives() {
        assert_eq!(join("urn:example:a", "b.json"), "");
        assert_eq!(join("urn:example:a", "urn:example:b"), "urn:example:b");
    }
}
