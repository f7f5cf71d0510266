//! One connection: HTTP/1.1, or HTTP/2 by prior knowledge (RFC 9113 §3.3).

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower::ServiceExt as _;

use super::Timeouts;

/// What an HTTP/2 connection starts with (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How long to wait for more of a preface that has come in part.
const PAUSE: Duration = Duration::from_millis(5);

/// A connection that was accepted.
pub(super) struct Connection {
    pub stream: TcpStream,
    pub peer: SocketAddr,
    pub router: Router,
    pub timeouts: Timeouts,
}

enum Protocol {
    Http1,
    Http2,
}

impl Connection {
    /// Serves the connection to its end.
    pub async fn serve(self, watcher: Watcher, mut stopping: watch::Receiver<()>) {
        // Small answers should not wait for more of themselves.
        let _ = self.stream.set_nodelay(true);
        let protocol = tokio::select! {
            protocol = tokio::time::timeout(self.timeouts.header_read, detect(&self.stream)) => protocol,
            // Nothing has been asked yet, so nothing is lost.
            _ = stopping.changed() => return,
        };
        drop(stopping);
        let Ok(Some(protocol)) = protocol else { return };
        let Self { stream, peer, router, timeouts } = self;
        let service = router.map_request(move |request: http::Request<Incoming>| {
            let mut request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            request
        });
        let service = TowerToHyperService::new(service);
        let io = TokioIo::new(stream);
        let ended = match protocol {
            Protocol::Http1 => {
                let mut builder = http1::Builder::new();
                builder.timer(TokioTimer::new()).header_read_timeout(timeouts.header_read);
                watcher.watch(builder.serve_connection(io, service)).await
            }
            Protocol::Http2 => {
                let mut builder = http2::Builder::new(TokioExecutor::new());
                builder.timer(TokioTimer::new()).keep_alive_interval(Duration::from_secs(20));
                watcher.watch(builder.serve_connection(io, service)).await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection broke off");
        }
    }
}

/// Looks at the first bytes without taking them; `None` where there are none.
async fn detect(stream: &TcpStream) -> Option<Protocol> {
    let mut start = [0; PREFACE.len()];
    loop {
        let seen = stream.peek(&mut start).await.ok()?;
        if seen == 0 {
            return None;
        }
        if start[..seen] != PREFACE[..seen] {
            return Some(Protocol::Http1);
        }
        if seen == PREFACE.len() {
            return Some(Protocol::Http2);
        }
        tokio::time::sleep(PAUSE).await;
    }
}
