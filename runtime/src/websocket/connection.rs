//! The connection of a WebSocket, and whether anybody is still at its other end.

use std::time::Duration;

use axum::extract::ws;
use bytes::Bytes;
use futures_util::{FutureExt as _, SinkExt as _};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

/// A client that says nothing for this long is asked whether it is still there; one that does not answer within as
/// long again is gone.
const PING: Duration = Duration::from_secs(20);

/// How long a client may take to take a message.
const TAKEN: Duration = Duration::from_secs(60);

/// How long a client may take to close its side.
pub(super) const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// A connection that is watched.
#[derive(Debug)]
pub(super) struct SocketConnection {
    socket: ws::WebSocket,
    /// When the client must have said something; kept here, since a handler may stop to wait, and wait again.
    due: Instant,
    is_asked: bool,
}

impl SocketConnection {
    pub(super) fn new(socket: ws::WebSocket) -> Self {
        Self { socket, due: Instant::now() + PING, is_asked: false }
    }

    /// What the client says next; `None` where it is gone.
    pub(super) async fn receive(&mut self) -> Option<Result<ws::Message, axum::Error>> {
        loop {
            let heard = timeout_at(self.due, next(&mut self.socket)).await;
            self.due = Instant::now() + PING;
            match heard {
                Ok(heard) => {
                    self.is_asked = false;
                    return heard;
                }
                Err(_) if self.is_asked => return None,
                Err(_) => {
                    self.is_asked = true;
                    // Where the client takes nothing, there is no place for it, and the time runs all the same.
                    let _ = self.socket.feed(ws::Message::Ping(Bytes::new())).now_or_never();
                }
            }
        }
    }

    /// Sends a message; whether the client takes it.
    pub(super) async fn send(&mut self, message: ws::Message) -> bool {
        matches!(timeout(TAKEN, self.socket.send(message)).await, Ok(Ok(())))
    }

    /// Says that the socket is closed, and waits a little for the client to say so too: what is closed with bytes
    /// unread is reset, and the client would not learn why.
    pub(super) async fn close(mut self, code: u16, reason: &str) {
        /// A close frame is a control frame: it has 125 bytes, two of which are the code (RFC 6455 §5.5).
        const MOST: usize = 123;
        let end = (0..=MOST.min(reason.len())).rev().find(|end| reason.is_char_boundary(*end));
        let reason = reason[..end.unwrap_or_default()].into();
        let frame = ws::CloseFrame { code: sendable(code), reason };
        let goodbye = async {
            if self.socket.send(ws::Message::Close(Some(frame))).await.is_ok() {
                while let Some(Ok(_)) = self.socket.recv().await {}
            }
        };
        let _ = timeout(CLOSE_TIMEOUT, goodbye).await;
    }
}

/// What the client is owed, such as the answer to a ping, goes out before more is read: one that asks and does not
/// take the answers would else have them pile up here.
async fn next(socket: &mut ws::WebSocket) -> Option<Result<ws::Message, axum::Error>> {
    match socket.flush().await {
        Ok(()) => socket.recv().await,
        Err(error) => Some(Err(error)),
    }
}

/// The code, where one may be sent (RFC 6455 §7.4); another is a handler's mistake, and clients would take it for a
/// broken protocol.
fn sendable(code: u16) -> u16 {
    if CloseCode::from(code).is_allowed() {
        return code;
    }
    tracing::error!(code, "a WebSocket cannot be closed with this code");
    ws::close_code::ERROR
}
