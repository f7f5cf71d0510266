//! WebSockets (RFC 6455): a request that asks for one, and what is said once it is open.

mod handshake;

use std::time::Duration;

use axum::extract::ws;
use bytes::Bytes;
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::error::{Error as Failure, ProtocolError};

use crate::error::HttpError;
use crate::server::Phases;
pub use handshake::{Handshake, Upgrade};

/// A client that says nothing for this long is asked whether it is still there; one that does not answer within as
/// long again is gone.
const PING: Duration = Duration::from_secs(20);

/// How long a client may take to close its side.
const GOODBYE: Duration = Duration::from_secs(2);

/// What a WebSocket carries. Pings are answered, and the end is noticed, without the handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Bytes),
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Bytes> for Message {
    fn from(bytes: Bytes) -> Self {
        Self::Binary(bytes)
    }
}

/// The client of a WebSocket is gone, or the server is stopping.
#[derive(Debug)]
pub struct Disconnected;

impl std::fmt::Display for Disconnected {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the WebSocket is closed")
    }
}

impl std::error::Error for Disconnected {}

/// An open WebSocket. It is closed when it is dropped.
#[derive(Debug)]
pub struct WebSocket {
    /// `None` once it is closed.
    socket: Option<ws::WebSocket>,
    /// Where the socket goes in the end, to be closed with what the handler's end says.
    home: Option<oneshot::Sender<ws::WebSocket>>,
    phases: Option<Phases>,
    is_asked: bool,
}

impl WebSocket {
    fn new(socket: ws::WebSocket, home: oneshot::Sender<ws::WebSocket>, phases: Option<Phases>) -> Self {
        Self { socket: Some(socket), home: Some(home), phases, is_asked: false }
    }

    /// The next message; `None` where the client has closed the socket or is gone, or the server is stopping.
    ///
    /// Nothing is lost where this is one of several things that are waited for, and another comes first.
    ///
    /// # Errors
    ///
    /// A message longer than a body in memory may be: 413. Other breaks of the protocol: 400. The socket is closed.
    pub async fn receive(&mut self) -> Result<Option<Message>, HttpError> {
        loop {
            let Some(socket) = &mut self.socket else { return Ok(None) };
            let received = tokio::select! {
                received = tokio::time::timeout(PING, socket.recv()) => received,
                () = draining(&mut self.phases) => {
                    self.close(ws::close_code::AWAY, "the server is stopping").await;
                    return Ok(None);
                }
            };
            match received {
                Err(_) if self.is_asked => self.socket = None,
                Err(_) => {
                    self.is_asked = true;
                    if socket.send(ws::Message::Ping(Bytes::new())).await.is_err() {
                        self.socket = None;
                    }
                }
                Ok(None) => self.socket = None,
                Ok(Some(Err(error))) => return self.failed(error).await.map(|()| None),
                Ok(Some(Ok(message))) => {
                    self.is_asked = false;
                    match message {
                        ws::Message::Text(text) => return Ok(Some(Message::Text(text.as_str().to_owned()))),
                        ws::Message::Binary(bytes) => return Ok(Some(Message::Binary(bytes))),
                        // Answered by the protocol itself; after a close nothing more comes.
                        ws::Message::Ping(_) | ws::Message::Pong(_) | ws::Message::Close(_) => {}
                    }
                }
            }
        }
    }

    /// Sends a message, and waits until it is on its way.
    ///
    /// # Errors
    ///
    /// The socket is closed.
    pub async fn send(&mut self, message: impl Into<Message>) -> Result<(), Disconnected> {
        let socket = self.socket.as_mut().ok_or(Disconnected)?;
        let message = match message.into() {
            Message::Text(text) => ws::Message::Text(text.into()),
            Message::Binary(bytes) => ws::Message::Binary(bytes),
        };
        socket.send(message).await.map_err(|_| {
            self.socket = None;
            Disconnected
        })
    }

    /// Closes the socket with a code (RFC 6455 §7.4) and a reason of at most 123 bytes; what is longer is cut off.
    pub async fn close(&mut self, code: u16, reason: &str) {
        if let Some(socket) = self.socket.take() {
            close(socket, code, reason).await;
        }
    }

    /// What has ended the socket: the client's way to go, or a break of the protocol.
    async fn failed(&mut self, error: axum::Error) -> Result<(), HttpError> {
        let (code, refusal) = match error.into_inner().downcast_ref() {
            Some(Failure::Capacity(_)) => {
                (ws::close_code::SIZE, HttpError::content_too_large().detail("A message is too long."))
            }
            Some(Failure::Utf8(_)) => {
                (ws::close_code::INVALID, HttpError::bad_request().detail("A text message is not UTF-8."))
            }
            Some(Failure::Protocol(error)) if *error != ProtocolError::ResetWithoutClosingHandshake => {
                (ws::close_code::PROTOCOL, HttpError::bad_request().detail("The WebSocket protocol was broken."))
            }
            // The client is gone, without a word.
            _ => {
                self.socket = None;
                return Ok(());
            }
        };
        let detail = refusal.problem().detail.clone().unwrap_or_default();
        self.close(code, &detail).await;
        Err(refusal)
    }
}

impl Drop for WebSocket {
    fn drop(&mut self) {
        if let (Some(socket), Some(home)) = (self.socket.take(), self.home.take()) {
            // Without anyone who waits for it, it is closed as it is.
            let _ = home.send(socket);
        }
    }
}

/// Waits until the server stops; for ever where it is not ours.
async fn draining(phases: &mut Option<Phases>) {
    match phases {
        Some(phases) => phases.draining().await,
        None => std::future::pending().await,
    }
}

/// Says that the socket is closed, and waits a little for the client to say so too: what is closed with bytes unread
/// is reset, and the client would not learn why.
async fn close(mut socket: ws::WebSocket, code: u16, reason: &str) {
    /// A close frame is a control frame: it has 125 bytes, two of which are the code (RFC 6455 §5.5).
    const MOST: usize = 123;
    let end = (0..=MOST.min(reason.len())).rev().find(|end| reason.is_char_boundary(*end));
    let frame = ws::CloseFrame { code, reason: reason[..end.unwrap_or_default()].into() };
    let goodbye = async {
        if socket.send(ws::Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    let _ = tokio::time::timeout(GOODBYE, goodbye).await;
}
