//! A handler's handle on the session.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::request::RequestContext;

pub(super) type Values = Map<String, Value>;

/// The session of the client that a request came from: values by name.
///
/// What a handler changes is sent with its answer, as a cookie.
#[derive(Debug, Clone)]
pub struct SessionHandle(Arc<Mutex<State>>);

#[derive(Debug)]
pub(super) struct State {
    pub values: Values,
    /// Whether a handler has looked at it.
    pub touched: bool,
    pub changed: bool,
    /// The longest JSON that a cookie can hold; `None` where there is no cookie to hold any.
    room: Option<usize>,
}

/// Why a value could not be put into a session.
#[derive(Debug)]
#[non_exhaustive]
pub enum SessionError {
    /// No [`Session`](super::Session) stands around the endpoint.
    Absent,
    /// All the values together are longer than a cookie can be.
    TooLarge {
        /// The bytes that they may have, as JSON.
        limit: usize,
    },
    /// The value cannot be written as JSON.
    Unwritable(serde_json::Error),
}

impl RequestContext {
    /// The session of the client, as the middleware [`Session`](crate::middleware::Session) keeps it; without
    /// that, one that is empty and takes nothing.
    pub fn session(&self) -> SessionHandle {
        self.extensions().get::<SessionHandle>().cloned().unwrap_or_else(SessionHandle::absent)
    }
}

impl SessionHandle {
    pub(super) fn new(values: Values, room: usize) -> Self {
        Self(Arc::new(Mutex::new(State { values, touched: false, changed: false, room: Some(room) })))
    }

    /// A session that nothing can be put into.
    fn absent() -> Self {
        Self(Arc::new(Mutex::new(State { values: Values::new(), touched: false, changed: false, room: None })))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn touch(&self) -> MutexGuard<'_, State> {
        let mut state = self.state();
        state.touched = true;
        state
    }

    /// A value; `None` where there is none, or one of another type: a session may be older than the program.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        T::deserialize(self.touch().values.get(key)?).ok()
    }

    /// Puts a value in, in place of another one.
    ///
    /// # Errors
    ///
    /// The value cannot be JSON, or all of them together are too long for a cookie; the session stays as it was.
    pub fn insert(&self, key: &str, value: impl Serialize) -> Result<(), SessionError> {
        let value = serde_json::to_value(value).map_err(SessionError::Unwritable)?;
        let mut state = self.touch();
        let limit = state.room.ok_or(SessionError::Absent)?;
        if state.values.get(key) == Some(&value) {
            return Ok(());
        }
        let before = state.values.insert(key.to_owned(), value);
        if serde_json::to_vec(&state.values).map_or(0, |json| json.len()) > limit {
            match before {
                Some(before) => drop(state.values.insert(key.to_owned(), before)),
                None => drop(state.values.remove(key)),
            }
            return Err(SessionError::TooLarge { limit });
        }
        state.changed = true;
        Ok(())
    }

    /// Takes a value out.
    pub fn remove(&self, key: &str) {
        let mut state = self.touch();
        state.changed |= state.values.remove(key).is_some();
    }

    /// Takes all values out; the client's cookie ends.
    pub fn clear(&self) {
        let mut state = self.touch();
        state.values.clear();
        state.changed = true;
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.touch().values.is_empty()
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => formatter.write_str("no session middleware stands around this endpoint"),
            Self::TooLarge { limit } => {
                write!(formatter, "the session would be longer than a cookie can be: {limit} bytes as JSON")
            }
            Self::Unwritable(error) => write!(formatter, "a value of the session cannot be JSON: {error}"),
        }
    }
}

impl std::error::Error for SessionError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_typed_and_only_changes_count() {
        let session = SessionHandle::new(Values::new(), 100);
        assert_eq!(session.get::<u32>("user"), None);
        session.remove("user");
        assert!(session.state().touched && !session.state().changed);
        session.insert("user", 7).unwrap();
        assert!(std::mem::take(&mut session.state().changed));
        session.insert("user", 7).unwrap();
        assert!(!session.state().changed);
        assert_eq!((session.get::<u32>("user"), session.get::<String>("user")), (Some(7), None));
        session.clear();
        assert!(session.is_empty() && session.state().changed);
    }

    #[test]
    fn what_is_too_long_leaves_the_session_as_it_was() {
        let session = SessionHandle::new(Values::new(), 20);
        session.insert("a", "b").unwrap();
        assert!(matches!(session.insert("a", "b".repeat(20)), Err(SessionError::TooLarge { limit: 20 })));
        assert!(session.insert("c", "d".repeat(20)).is_err());
        assert_eq!((session.get("a"), session.get::<String>("c")), (Some("b".to_owned()), None));
        assert!(matches!(SessionHandle::absent().insert("a", 1), Err(SessionError::Absent)));
    }
}
