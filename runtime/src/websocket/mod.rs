//! WebSockets (RFC 6455): a request that asks for one, and what is said once it is open.
//!
//! Uses `protocol`. How a message becomes a value is for the handler.

mod connection;
mod handshake;
mod open_sockets;
mod origin;

use axum::extract::ws;
use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::error::{Error as Failure, ProtocolError};

use crate::protocol::{Disconnected, HttpError, Shutdown};
use connection::{CLOSE_TIMEOUT, SocketConnection};
pub use handshake::{Handshake, Upgrade};
pub(crate) use open_sockets::OpenSockets;
pub(crate) use origin::TrustedOrigin;

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

/// An open WebSocket. It is closed when it is dropped.
#[derive(Debug)]
pub struct WebSocket {
    /// `None` once it is closed.
    line: Option<SocketConnection>,
    /// Where the line goes in the end, to be closed with what the handler's end says.
    home: Option<oneshot::Sender<SocketConnection>>,
    shutdown: Option<Shutdown>,
    /// When the last message must be sent, once the server is seen to stop.
    last_word: Option<Instant>,
}

impl WebSocket {
    fn new(socket: ws::WebSocket, home: oneshot::Sender<SocketConnection>, shutdown: Option<Shutdown>) -> Self {
        Self { line: Some(SocketConnection::new(socket)), home: Some(home), shutdown, last_word: None }
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
            let Some(line) = &mut self.line else { return Ok(None) };
            let received = tokio::select! {
                received = line.receive() => received,
                () = draining(&mut self.shutdown) => {
                    self.stop().await;
                    return Ok(None);
                }
            };
            match received {
                None => self.line = None,
                Some(Err(error)) => return self.failed(error).await.map(|()| None),
                Some(Ok(ws::Message::Text(text))) => return Ok(Some(Message::Text(text.as_str().to_owned()))),
                Some(Ok(ws::Message::Binary(bytes))) => return Ok(Some(Message::Binary(bytes))),
                // Answered by the protocol itself; after a close nothing more comes.
                Some(Ok(ws::Message::Ping(_) | ws::Message::Pong(_) | ws::Message::Close(_))) => {}
            }
        }
    }

    /// Sends a message, and waits until it is on its way. A client that does not take it within a minute is gone; once
    /// the server is stopping, there are two seconds for what is still to be said.
    ///
    /// That a client closes the socket, only [`receive`](Self::receive) notices.
    ///
    /// # Errors
    ///
    /// The socket is closed.
    pub async fn send(&mut self, message: impl Into<Message>) -> Result<(), Disconnected> {
        let line = self.line.as_mut().ok_or(Disconnected)?;
        let message = match message.into() {
            Message::Text(text) => ws::Message::Text(text.into()),
            Message::Binary(bytes) => ws::Message::Binary(bytes),
        };
        let is_taken = tokio::select! {
            biased;
            () = silenced(&mut self.shutdown, &mut self.last_word) => {
                self.stop().await;
                return Err(Disconnected);
            }
            is_taken = line.send(message) => is_taken,
        };
        if is_taken {
            return Ok(());
        }
        self.line = None;
        Err(Disconnected)
    }

    /// Closes the socket with a code (RFC 6455 §7.4) and a reason of at most 123 bytes; what is longer is cut off. A code
    /// that may not be sent, such as 1005, is sent as 1011.
    pub async fn close(&mut self, code: u16, reason: &str) {
        if let Some(line) = self.line.take() {
            line.close(code, reason).await;
        }
    }

    async fn stop(&mut self) {
        self.close(ws::close_code::AWAY, "the server is stopping").await;
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
                self.line = None;
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
        if let (Some(line), Some(home)) = (self.line.take(), self.home.take()) {
            // Without anyone who waits for it, it is closed as it is.
            let _ = home.send(line);
        }
    }
}

/// Waits until the server stops; for ever where it is not ours.
async fn draining(shutdown: &mut Option<Shutdown>) {
    match shutdown {
        Some(shutdown) => shutdown.draining().await,
        None => std::future::pending().await,
    }
}

/// Waits until the server has been stopping for as long as a last word may take.
async fn silenced(shutdown: &mut Option<Shutdown>, last_word: &mut Option<Instant>) {
    draining(shutdown).await;
    tokio::time::sleep_until(*last_word.get_or_insert_with(|| Instant::now() + CLOSE_TIMEOUT)).await;
}
