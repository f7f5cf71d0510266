//! Answers become responses: status, headers, JSON, files, streams of bytes, values and events.
//!
//! Uses the rooms up to `websocket`. Knows no request: what an answer must know of one is in `request`.

mod documented_problem;
mod events;
#[cfg(feature = "files")]
pub(crate) mod file;
mod headers;
mod items;
mod media;
mod respond;
mod response_schemas;
mod stream;

pub use events::{Event, EventData, EventStream};
#[cfg(feature = "files")]
pub use file::File;
pub use headers::{Headers, with_headers};
pub use items::JsonLines;
pub use media::Media;
#[cfg(feature = "websocket")]
pub use respond::upgrade;
pub use respond::{Respond, empty, events, in_range, json, json_as, lines, media, status, stream, text};
pub use response_schemas::ResponseSchemas;
pub use stream::ByteStream;
pub(crate) use stream::is_too_large;
