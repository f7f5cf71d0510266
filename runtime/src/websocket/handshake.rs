//! The handshake: from a request to an open socket.

use std::future::Future;
use std::panic::AssertUnwindSafe;

use axum::extract::FromRequestParts as _;
use axum::extract::ws::rejection::WebSocketUpgradeRejection as Rejection;
use axum::extract::ws::{WebSocketUpgrade, close_code};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::FutureExt as _;
use http::StatusCode;
use http::header::{CONNECTION, HeaderName, HeaderValue, SEC_WEBSOCKET_KEY, UPGRADE};
use http::request::Parts;
use tokio::sync::oneshot;
use tracing::Instrument as _;

use super::open_sockets::{OpenSocket, OpenSockets};
use super::{WebSocket, origin};
use crate::protocol::{ErrorMap, HttpError, Shutdown};

/// How much is read at once. Most messages are small, and sockets are many.
const READ_BUFFER: usize = 8 * 1024;

/// A request for a WebSocket that is not open yet: a handler may still refuse it, by any other answer.
#[derive(Debug)]
pub struct Handshake {
    upgrade: WebSocketUpgrade,
    shutdown: Option<Shutdown>,
    open: OpenSocket,
    /// Which errors of the application are which problems.
    errors: &'static ErrorMap,
}

/// The answer that opens a WebSocket: 101.
#[derive(Debug)]
pub struct Upgrade(Response);

impl Handshake {
    /// The handshake that a request is; a message may have at most `limit` bytes.
    pub(crate) async fn from_parts(
        parts: &mut Parts,
        limit: usize,
        (sockets, errors): (&'static OpenSockets, &'static ErrorMap),
    ) -> Result<Self, HttpError> {
        let upgrade = WebSocketUpgrade::from_request_parts(parts, &()).await.map_err(refusal)?;
        if parts.headers.get(SEC_WEBSOCKET_KEY).is_some_and(|key| !is_key(key)) {
            return Err(HttpError::bad_request().detail("`Sec-WebSocket-Key` should be 16 bytes in Base64."));
        }
        if !origin::is_trusted(parts) {
            return Err(HttpError::forbidden().detail("Pages of this origin may not open the WebSocket."));
        }
        let open = sockets.open().ok_or_else(|| {
            HttpError::service_unavailable().detail("The service has as many WebSockets open as it may.")
        })?;
        let upgrade = upgrade.max_message_size(limit).max_frame_size(limit);
        // Messages are written as they are sent.
        let upgrade = upgrade.read_buffer_size(READ_BUFFER).write_buffer_size(0);
        Ok(Self { upgrade, shutdown: parts.extensions.remove(), open, errors })
    }

    /// Of these subprotocols, best first, the first that the client offers is agreed on.
    #[must_use]
    pub fn protocols(mut self, protocols: impl IntoIterator<Item = String>) -> Self {
        self.upgrade = self.upgrade.protocols(protocols);
        self
    }

    /// The subprotocol that is agreed on.
    pub fn protocol(&self) -> Option<&str> {
        self.upgrade.selected_protocol()?.to_str().ok()
    }

    /// Opens the socket, and calls `talk` with it once the client knows.
    ///
    /// The socket is closed when `talk` drops it; with which code says how `talk` ends: 1000, or, for an error, 1009
    /// (413), 1007 (400 and 422), 1008 (any other status below 500) or 1011, with the error's detail as the reason.
    /// What has not ended when the time to stop is over is dropped.
    pub fn accept<F, T>(self, talk: F) -> Upgrade
    where
        F: FnOnce(WebSocket) -> T + Send + 'static,
        T: Future<Output = Result<(), HttpError>> + Send + 'static,
    {
        let Self { upgrade, shutdown, open, errors } = self;
        let span = tracing::Span::current();
        let opened = move |socket| {
            async move {
                let (home, returned) = oneshot::channel();
                let mut end = shutdown.clone();
                let talking = async {
                    let talking = AssertUnwindSafe(async move { talk(WebSocket::new(socket, home, shutdown)).await });
                    let ended = talking.catch_unwind().await;
                    let Ok(line) = returned.await else { return };
                    let (code, reason) = match ended {
                        Ok(Ok(())) => (close_code::NORMAL, None),
                        Ok(Err(error)) => {
                            let error = error.mapped(errors);
                            error.log();
                            (code_of(error.status()), error.problem().detail.clone())
                        }
                        Err(_) => {
                            tracing::error!("a handler of a WebSocket panicked");
                            (close_code::ERROR, None)
                        }
                    };
                    line.close(code, reason.as_deref().unwrap_or_default()).await;
                };
                tokio::select! {
                    () = talking => {}
                    () = over(&mut end) => {}
                }
                drop(open);
            }
            .instrument(span)
        };
        Upgrade(upgrade.on_upgrade(opened))
    }
}

impl Upgrade {
    pub(crate) fn into_response(self) -> Response {
        self.0
    }
}

/// Whether this can be the key of a handshake (RFC 6455 §4.2.1).
fn is_key(key: &HeaderValue) -> bool {
    STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16)
}

/// Waits until the time to stop is over; for ever where the server is not ours.
async fn over(shutdown: &mut Option<Shutdown>) {
    match shutdown {
        Some(shutdown) => shutdown.over().await,
        None => std::future::pending().await,
    }
}

/// The code that a socket is closed with after an error (RFC 6455 §7.4.1).
fn code_of(status: StatusCode) -> u16 {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => close_code::SIZE,
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => close_code::INVALID,
        status if status.is_client_error() => close_code::POLICY,
        _ => close_code::ERROR,
    }
}

/// What is wrong with a handshake; a request that is none is told how to ask (RFC 9110 §15.5.22, RFC 6455 §4.4).
fn refusal(rejection: Rejection) -> HttpError {
    let wanted = |detail: &str| {
        HttpError::new(StatusCode::UPGRADE_REQUIRED)
            .detail(detail)
            .header(UPGRADE, HeaderValue::from_static("websocket"))
            .header(CONNECTION, HeaderValue::from_static("upgrade"))
            .header(HeaderName::from_static("sec-websocket-version"), HeaderValue::from_static("13"))
    };
    match rejection {
        Rejection::WebSocketKeyHeaderMissing(_) => {
            HttpError::bad_request().detail("The handshake has no `Sec-WebSocket-Key`.")
        }
        Rejection::InvalidWebSocketVersionHeader(_) => wanted("The version of the WebSocket protocol should be 13."),
        _ => wanted("This is a WebSocket: ask for it with `Connection: upgrade` and `Upgrade: websocket`."),
    }
}
