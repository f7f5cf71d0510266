//! One connection: HTTP/1.1, or HTTP/2 by prior knowledge or by agreement in TLS (RFC 9113 §3.2, §3.3).

use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::time::Duration;

use http::header::UPGRADE;
use hyper::body::Incoming;
use hyper::server::conn::http1::UpgradeableConnection;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::net::TcpStream;

use super::stream::Stream;
#[cfg(feature = "tls")]
use super::tls::Acceptor;
use super::{RequestHandler, Server};
#[cfg(feature = "tls")]
use crate::protocol::ClientCertificate;
use crate::protocol::{Channel, Peer, Shutdown};

/// What an HTTP/2 connection starts with (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How often HTTP/2 clients are asked whether they are still there; one that does not answer within
/// as long again is disconnected.
const PING: Duration = Duration::from_secs(20);

/// A connection that was accepted.
pub(super) struct Connection<S> {
    pub address: SocketAddr,
    pub server: Server<S>,
    pub shutdown: Shutdown,
}

enum Protocol {
    Http1,
    Http2,
}

impl<S: RequestHandler> Connection<S> {
    /// Serves the connection to its end, or the server's.
    pub(super) async fn serve(self, tcp: TcpStream) {
        // Small answers should not wait for more of themselves. It is no loss where that fails.
        let _ = tcp.set_nodelay(true);
        #[cfg(feature = "tls")]
        if let Some(acceptor) = self.server.tls.clone() {
            // What TLS needs should not make connections without it larger.
            return Box::pin(self.serve_tls(tcp, &acceptor)).await;
        }
        self.speak(tcp, Channel::Tcp).await;
    }

    #[cfg(feature = "tls")]
    async fn serve_tls(mut self, tcp: TcpStream, acceptor: &Acceptor) {
        let accepted = tokio::select! {
            accepted = acceptor.accept(tcp) => accepted,
            () = self.shutdown.draining() => return,
        };
        if let Some(stream) = accepted {
            let certificate = ClientCertificate::from_chain(stream.get_ref().1.peer_certificates());
            self.speak(stream, Channel::Tls(certificate)).await;
        }
    }

    /// Speaks HTTP. Which one, the first bytes tell, also where it was agreed on: a client that agrees on HTTP/2
    /// starts with them just the same.
    async fn speak<T>(self, mut stream: T, channel: Channel)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Self { address, server: Server { service, timeouts, .. }, mut shutdown } = self;
        let started = tokio::time::timeout(timeouts.header_read, detect(&mut stream));
        let started = tokio::select! {
            started = started => started,
            // Nothing has been asked yet, so nothing is lost.
            () = shutdown.draining() => return,
        };
        let Ok(Some((protocol, start))) = started else { return };
        let peer = Peer { address, channel };
        let upgraded = shutdown.clone();
        let service = service_fn(move |request: http::Request<Incoming>| {
            let mut request = request.map(axum::body::Body::new);
            // What the connection becomes outlives it, and the server waits for that as well.
            if request.headers().contains_key(UPGRADE) {
                request.extensions_mut().insert(upgraded.clone());
            }
            service.clone().answer(request, Some(peer.clone()))
        });
        let io = TokioIo::new(Stream::new(stream, start));
        match protocol {
            Protocol::Http1 => {
                let mut builder = http1::Builder::new();
                builder.timer(TokioTimer::new()).header_read_timeout(timeouts.header_read);
                let connection = builder.serve_connection(io, service).with_upgrades();
                drive(connection, UpgradeableConnection::graceful_shutdown, shutdown).await;
            }
            Protocol::Http2 => {
                let mut builder = http2::Builder::new(TokioExecutor::new());
                builder.timer(TokioTimer::new()).keep_alive_interval(PING).keep_alive_timeout(PING);
                drive(builder.serve_connection(io, service), http2::Connection::graceful_shutdown, shutdown).await;
            }
        }
    }
}

/// Reads up to the point where the protocol is known; `None` where the client leaves before.
async fn detect(stream: &mut (impl AsyncRead + Unpin)) -> Option<(Protocol, Vec<u8>)> {
    let mut start = Vec::with_capacity(256);
    loop {
        if stream.read_buf(&mut start).await.ok()? == 0 {
            return None;
        }
        if start.starts_with(PREFACE) {
            return Some((Protocol::Http2, start));
        }
        if !PREFACE.starts_with(&start) {
            return Some((Protocol::Http1, start));
        }
    }
}

/// Drives a connection; it takes no further requests when the server drains, and is dropped when the
/// server's time is over.
async fn drive<C>(connection: C, drain: fn(Pin<&mut C>), mut shutdown: Shutdown)
where
    C: Future<Output = Result<(), hyper::Error>>,
{
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = shutdown.draining() => {
            drain(connection.as_mut());
            tokio::select! {
                ended = connection => Some(ended),
                () = shutdown.over() => None,
            }
        }
    };
    if let Some(Err(error)) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}
