//! An operation of a document, and the way to it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// An operation of a document, as it is written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// The method: `GET`.
    pub method: &'static str,
    /// The template of the path, below the service's base route: `/pets/{id}`.
    pub route: &'static str,
    /// The `operationId`, where there is one.
    pub id: Option<&'static str>,
    /// The tags.
    pub tags: &'static [&'static str],
}

impl Operation {
    /// An operation; generated code calls this.
    pub const fn new(
        method: &'static str,
        route: &'static str,
        id: Option<&'static str>,
        tags: &'static [&'static str],
    ) -> Self {
        Self { method, route, id, tags }
    }

    /// Whether it is meant by its `operationId`, or by its method and path: `GET /pets/{id}`.
    fn is_called(&self, name: &str) -> bool {
        let by_route = |(method, route): (&str, &str)| self.method == method && self.route == route;
        self.id == Some(name) || name.split_once(' ').is_some_and(by_route)
    }
}

/// Why there is no URI for an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UriError {
    /// The document has no such operation.
    UnknownOperation(String),
    /// The path has this parameter, and no value was given for it.
    MissingParameter(String),
    /// The path has no such parameter.
    UnknownParameter(String),
}

impl std::fmt::Display for UriError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownOperation(name) => write!(formatter, "the document has no operation `{name}`"),
            Self::MissingParameter(name) => write!(formatter, "the path parameter `{name}` has no value"),
            Self::UnknownParameter(name) => write!(formatter, "the path has no parameter `{name}`"),
        }
    }
}

impl std::error::Error for UriError {}

/// The path of an operation, its parameters percent-encoded.
pub(super) fn path(operations: &[Operation], name: &str, parameters: &[(&str, &str)]) -> Result<String, UriError> {
    let operation = operations.iter().find(|operation| operation.is_called(name));
    let mut rest = operation.ok_or_else(|| UriError::UnknownOperation(name.to_owned()))?.route;
    let (mut path, mut used) = (String::with_capacity(rest.len()), Vec::new());
    while let Some((text, behind)) = rest.split_once('{') {
        let Some((parameter, further)) = behind.split_once('}') else { break };
        let given = parameters.iter().find(|(name, _)| *name == parameter);
        let (_, value) = given.ok_or_else(|| UriError::MissingParameter(parameter.to_owned()))?;
        path.push_str(text);
        path.extend(utf8_percent_encode(value, NOT_IN_SEGMENTS));
        used.push(parameter);
        rest = further;
    }
    match parameters.iter().find(|(name, _)| !used.contains(name)) {
        Some((unknown, _)) => Err(UriError::UnknownParameter((*unknown).to_owned())),
        None => Ok(path + rest),
    }
}

/// What is no unreserved character (RFC 3986 §2.3).
const NOT_IN_SEGMENTS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;

    const OPERATIONS: [Operation; 2] = [
        Operation::new("GET", "/pets/{id}/photos/{name}.png", Some("getPhoto"), &[]),
        Operation::new("POST", "/pets", None, &[]),
    ];

    #[test]
    fn a_path_has_its_parameters_encoded() {
        let found = |name: &str, parameters: &[(&str, &str)]| path(&OPERATIONS, name, parameters);
        assert_eq!(found("getPhoto", &[("id", "a/b"), ("name", "ä")]).unwrap(), "/pets/a%2Fb/photos/%C3%A4.png");
        assert_eq!(found("POST /pets", &[]).unwrap(), "/pets");
        assert_eq!(found("getPhoto", &[("id", "1")]), Err(UriError::MissingParameter("name".to_owned())));
        assert_eq!(found("POST /pets", &[("id", "1")]), Err(UriError::UnknownParameter("id".to_owned())));
        assert_eq!(found("getPet", &[]), Err(UriError::UnknownOperation("getPet".to_owned())));
    }
}
