//! Request ids.

use std::cell::RefCell;

use http::header::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// An id longer than this is not taken over from the client.
const LONGEST_ID: usize = 128;

/// What a request is called. It costs no allocation before it is a header.
#[derive(Debug, Clone)]
pub(crate) enum RequestId {
    /// The client's own.
    Sent(HeaderValue),
    /// The text of a new UUID.
    New([u8; uuid::fmt::Hyphenated::LENGTH]),
}

impl RequestId {
    /// The client's own id. It is looked for in all headers, which takes less than the hash of its name.
    pub(crate) fn sent(headers: &HeaderMap) -> Option<&HeaderValue> {
        headers.iter().find(|(name, _)| **name == X_REQUEST_ID).map(|(_, value)| value)
    }

    /// The client's own id, if it is plain and short; else a new one.
    pub(crate) fn accept_or_new(sent: Option<&HeaderValue>) -> Self {
        let sent = sent.filter(|value| {
            let bytes = value.as_bytes();
            (1..=LONGEST_ID).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic)
        });
        match sent {
            Some(value) => Self::Sent(value.clone()),
            None => {
                let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
                random_uuid().hyphenated().encode_lower(&mut text);
                Self::New(text)
            }
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        let text = match self {
            Self::Sent(value) => value.as_bytes(),
            Self::New(text) => text,
        };
        // Both are ASCII.
        std::str::from_utf8(text).unwrap_or_default()
    }

    pub(crate) fn header(&self) -> HeaderValue {
        match self {
            Self::Sent(value) => value.clone(),
            // Hexadecimal digits and hyphens are what every header can hold.
            Self::New(text) => HeaderValue::from_bytes(text).unwrap_or(HeaderValue::from_static("-")),
        }
    }
}

/// A UUID of random bits. An id is no secret: it is enough that the operating system is asked once a thread.
fn random_uuid() -> uuid::Uuid {
    thread_local! {
        static RANDOM: RefCell<fastrand::Rng> =
            RefCell::new(fastrand::Rng::with_seed(uuid::Uuid::new_v4().as_u64_pair().0));
    }
    uuid::Builder::from_random_bytes(RANDOM.with_borrow_mut(|random| random.u128(..)).to_ne_bytes()).into_uuid()
}
