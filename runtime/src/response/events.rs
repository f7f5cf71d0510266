//! Server-sent events (HTML Living Standard §9.2).

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use axum::body::Body;
use axum::response::IntoResponse as _;
use axum::response::sse::{self, KeepAlive, Sse};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use serde_json::value::RawValue;

use super::items::{Items, all, told};
use crate::json::{self, Encode};
use crate::protocol::BoxError;

/// How often something is sent, however quiet the stream is.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Server-sent events, as a browser's `EventSource` reads them.
///
/// It is made of any stream of [`Event`]s, or of plain items. The next item is requested when the client has taken the
/// previous one, and the stream is dropped when the client disconnects. While nothing happens, a comment is sent every 15
/// seconds. If the stream fails, the error is logged, and the connection is closed. The client then reconnects by itself,
/// and [`RequestContext::last_event_id`](crate::RequestContext::last_event_id) says what it has received.
///
/// ```
/// use buildflow_runtime::types::{Event, EventStream};
///
/// let numbers = futures_util::stream::iter((1..=3).map(|number| {
///     Ok::<_, std::io::Error>(Event::new(number).id(number.to_string()))
/// }));
/// let events: EventStream<i64> = EventStream::new(numbers);
/// ```
pub struct EventStream<T> {
    events: Items<Event<T>>,
    keep_alive: Duration,
}

/// One event: its data, and its other fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Event<T> {
    data: Option<T>,
    name: Option<String>,
    id: Option<String>,
    retry: Option<Duration>,
    comment: Option<String>,
}

/// What the items of an event stream are, by the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventData {
    /// The data, as JSON.
    Json,
    /// The data: strings as they are, anything else as JSON.
    Text,
    /// The whole event: an object whose members `data`, `event`, `id` and `retry` are its fields
    /// (OpenAPI 3.2 §4.14.4).
    Event,
}

impl<T> Event<T> {
    /// Makes an event with this data.
    pub fn new(data: T) -> Self {
        Self { data: Some(data), ..Self::default() }
    }

    /// Sets its type, which clients listen for. By default `message`. It must be one line, or the stream fails.
    #[must_use]
    pub fn event(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets its id, which a reconnecting client sends as the last one that it received. It must be one line, or the stream
    /// fails.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets how long a client should wait before it reconnects.
    #[must_use]
    pub fn retry(mut self, wait: Duration) -> Self {
        self.retry = Some(wait);
        self
    }

    /// Adds a comment, which clients ignore.
    #[must_use]
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }
}

/// An event without data: to say an id, a time to wait, or a comment.
impl<T> Default for Event<T> {
    fn default() -> Self {
        Self { data: None, name: None, id: None, retry: None, comment: None }
    }
}

impl<T> From<T> for Event<T> {
    fn from(data: T) -> Self {
        Self::new(data)
    }
}

impl<T: 'static> EventStream<T> {
    /// Makes events of a stream of events, or of their data.
    pub fn new<S, I, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<I, E>> + Send + 'static,
        I: Into<Event<T>> + 'static,
        E: Into<BoxError> + 'static,
    {
        Self { events: Box::pin(stream.map_ok(Into::into).map_err(Into::into)), keep_alive: KEEP_ALIVE }
    }

    /// Sets how often a comment is sent while nothing happens, so that proxies do not close the connection. From a tenth of a
    /// second to a day. By default 15 seconds.
    #[must_use]
    pub fn keep_alive(mut self, interval: Duration) -> Self {
        self.keep_alive = interval.clamp(Duration::from_millis(100), Duration::from_secs(24 * 3600));
        self
    }
}

impl<T: Encode + 'static> EventStream<T> {
    pub(crate) fn into_body(self, data: EventData) -> Body {
        let frames = told(self.events.map(move |event| frame(event?, data)));
        let alive = KeepAlive::new().interval(self.keep_alive);
        Sse::new(frames).keep_alive(alive).into_response().into_body()
    }
}

/// Events that are all there already.
impl<T: Send + 'static> FromIterator<T> for EventStream<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let events = items.into_iter().map(Event::new).collect();
        Self { events: Box::pin(all(events)), keep_alive: KEEP_ALIVE }
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EventStream(..)")
    }
}

/// What an event is when it is sent.
fn frame<T: Encode>(event: Event<T>, kind: EventData) -> Result<sse::Event, BoxError> {
    let Event { data, mut name, mut id, mut retry, comment } = event;
    let json = data.map(|data| json::to_string(&data)).transpose()?;
    let data = match (json, kind) {
        (None, _) => None,
        (Some(json), EventData::Json) => Some(json),
        (Some(json), EventData::Text) => Some(plain(json)?),
        (Some(json), EventData::Event) => {
            let mut members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(&json)?;
            let mut member = |name: &str| members.remove(name).map(|value| plain(value.get().to_owned())).transpose();
            name = member("event")?.or(name);
            id = member("id")?.or(id);
            retry = member("retry")?.and_then(|text| text.parse().ok()).map(Duration::from_millis).or(retry);
            member("data")?
        }
    };
    let mut frame = sse::Event::default();
    for line in comment.iter().flat_map(|comment| comment.split(['\r', '\n'])) {
        frame = frame.comment(line);
    }
    if let Some(name) = name {
        frame = frame.event(one_line(name, "event")?);
    }
    if let Some(id) = id {
        frame = frame.id(one_line(id, "id")?);
    }
    if let Some(wait) = retry {
        frame = frame.retry(wait);
    }
    // Line breaks of any kind arrive as `\n`.
    Ok(match data {
        Some(text) if text.contains('\r') => frame.data(text.replace("\r\n", "\n").replace('\r', "\n")),
        Some(text) => frame.data(text),
        None => frame,
    })
}

/// JSON as text: a string without its quotes.
fn plain(json: String) -> serde_json::Result<String> {
    if json.starts_with('"') { serde_json::from_str(&json) } else { Ok(json) }
}

/// A line break would end the field, and whatever follows would be another one.
fn one_line(text: String, field: &str) -> Result<String, BoxError> {
    match text.contains(['\r', '\n', '\0']) {
        true => Err(format!("the `{field}` of an event is not one line").into()),
        false => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;
    use serde_json::json;

    async fn written<T, I>(events: Vec<I>, data: EventData) -> Result<String, axum::Error>
    where
        T: Encode + 'static,
        I: Into<Event<T>> + Send + 'static,
    {
        let events = futures_util::stream::iter(events.into_iter().map(Ok::<_, std::io::Error>));
        let body = EventStream::<T>::new(events).into_body(data).collect().await?;
        Ok(String::from_utf8_lossy(&body.to_bytes()).into_owned())
    }

    #[tokio::test]
    async fn an_event_has_its_fields_and_data_of_any_kind() {
        let full = Event::new("a\r\nb").event("news").id("7").retry(Duration::from_millis(1500)).comment("x\ny");
        let text = written::<&str, _>(vec![full.clone()], EventData::Text).await.unwrap();
        assert_eq!(text, ": x\n: y\nevent: news\nid: 7\nretry: 1500\ndata: a\ndata: b\n\n");
        let text = written::<&str, _>(vec![Event::new("a\nb")], EventData::Json).await.unwrap();
        assert_eq!(text, "data: \"a\\nb\"\n\n");
        assert_eq!(written::<i64, _>(vec![7], EventData::Text).await.unwrap(), "data: 7\n\n");
        assert_eq!(written::<i64, _>(vec![Event::default().id("7")], EventData::Json).await.unwrap(), "id: 7\n\n");
    }

    #[tokio::test]
    async fn an_item_may_be_the_whole_event() {
        let item = json!({ "event": "add", "data": "x", "id": "1", "retry": 20, "more": 1 });
        let text = written::<serde_json::Value, _>(vec![item], EventData::Event).await.unwrap();
        assert_eq!(text, "event: add\nid: 1\nretry: 20\ndata: x\n\n");
        let nothing = written::<i64, _>(vec![1], EventData::Event).await;
        assert!(nothing.is_err());
    }

    #[tokio::test]
    async fn no_field_can_end_itself() {
        for name in ["a\nb", "a\rdata: b", "a\0"] {
            assert!(written::<i64, _>(vec![Event::new(1).event(name)], EventData::Json).await.is_err());
            assert!(written::<i64, _>(vec![Event::new(1).id(name)], EventData::Json).await.is_err());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_quiet_stream_is_kept_alive() {
        let quiet = futures_util::stream::pending::<Result<i64, std::io::Error>>();
        let mut body = EventStream::<i64>::new(quiet).keep_alive(Duration::ZERO).into_body(EventData::Json);
        let frame = body.frame().await.expect("there is something").expect("it is well");
        assert_eq!(frame.into_data().expect("it is data"), ":\n\n");
    }
}
