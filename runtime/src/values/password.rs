//! Values of the format `password`.

use std::fmt;

use serde::{Serialize, Serializer};
use subtle::ConstantTimeEq as _;

use super::is_same;

/// `format: password`: a string that is not shown. It has no `Display`, and its `Debug` tells nothing; an answer
/// that has it in its schema is sent with it.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this text. The time that it takes tells nothing but whether the lengths differ; an empty
    /// text matches nothing. Texts that are stored are better hashed, by a crate for passwords.
    pub fn matches(&self, expected: impl AsRef<[u8]>) -> bool {
        is_same(&self.0, expected.as_ref())
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Password {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(…)")
    }
}

/// In a time that tells nothing but whether the lengths differ.
impl PartialEq for Password {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Password {}

impl Serialize for Password {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_sent_and_compared_and_not_shown() {
        let password = Password::from("secret");
        assert_eq!(serde_json::to_string(&password).unwrap(), "\"secret\"");
        assert_eq!(format!("{password:?}"), "Password(…)");
        assert!(password.matches("secret") && !password.matches("secre") && !Password::from("").matches(""));
        assert!(password == Password::from("secret".to_owned()) && password != Password::from("other!"));
    }
}
