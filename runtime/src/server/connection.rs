//! One connection: HTTP/1.1, or HTTP/2 by prior knowledge or by agreement in TLS (RFC 9113 §3.2, §3.3).

use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::FuturesUnordered;
use futures_util::{StreamExt as _, TryFutureExt as _};
use http::header::UPGRADE;
use hyper::body::Incoming;
use hyper::server::conn::http1::UpgradeableConnection;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::activity::{Activity, InFlight};
use super::stream::{Reading, Stream};
use super::streams::{PIECE, StreamExecutor};
#[cfg(feature = "tls")]
use super::tls::Acceptor;
use super::{ConnectionLimits, Places, RequestHandler, Server};
#[cfg(feature = "tls")]
use crate::protocol::ClientCertificate;
use crate::protocol::{Asked, Channel, Peer, Shutdown};

/// What an HTTP/2 connection starts with (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How often HTTP/2 clients are asked whether they are still there; one that does not answer within
/// as long again is disconnected.
const PING: Duration = Duration::from_secs(20);

/// How much is read of a connection before its protocol is known: most requests.
const FIRST_READ: usize = 2048;

/// How long a connection was idle, at the least, that others may take the place of.
const SHORT: Duration = Duration::from_millis(500);

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
        let Self { address, server: Server { service, limits, places, .. }, mut shutdown } = self;
        let started = tokio::time::timeout(limits.header_read, detect(&mut stream));
        let started = tokio::select! {
            started = started => started,
            // Nothing has been asked yet, so nothing is lost.
            () = shutdown.draining() => return,
        };
        let Ok(Some((protocol, start))) = started else { return };
        let peer = Peer::new(address, channel);
        let upgraded = shutdown.clone();
        let activity = Arc::new(Activity::new(match protocol {
            Protocol::Http1 => usize::MAX,
            Protocol::Http2 => PIECE,
        }));
        let active = Arc::clone(&activity);
        let service = service_fn(move |request: http::Request<Incoming>| {
            let in_flight = InFlight::begin(&active);
            let mut request = request.map(|body| in_flight.receive(body));
            // What the connection becomes outlives it, and the server waits for that as well.
            if request.headers().contains_key(UPGRADE) {
                request.extensions_mut().insert(upgraded.clone());
            }
            let answering = service.answer(request, Some(peer.clone()));
            answering.map_ok(|response| in_flight.answer(response))
        });
        let driver = Driver { activity: Arc::clone(&activity), limits, places, shutdown };
        match protocol {
            Protocol::Http1 => {
                let stream = Stream::new(stream, start, Reading::heads(&limits), (activity, &limits));
                let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                driver.run(connection.with_upgrades(), UpgradeableConnection::graceful_shutdown).await;
            }
            Protocol::Http2 => {
                let stream = Stream::new(stream, start, Reading::FRAMES, (activity, &limits));
                let mut builder = http2::Builder::new(StreamExecutor { write_limit: limits.write });
                builder.timer(TokioTimer::new()).keep_alive_interval(PING).keep_alive_timeout(PING);
                builder.max_concurrent_streams(limits.max_concurrent_streams);
                let connection = builder.serve_connection(TokioIo::new(stream), service);
                driver.run(connection, http2::Connection::graceful_shutdown).await;
            }
        }
    }
}

/// Reads up to the point where the protocol is known; `None` where the client leaves before.
async fn detect(stream: &mut (impl AsyncRead + Unpin)) -> Option<(Protocol, Vec<u8>)> {
    let mut start = Vec::with_capacity(FIRST_READ);
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

/// What drives a connection to its end.
struct Driver {
    activity: Arc<Activity>,
    limits: ConnectionLimits,
    places: Arc<Places>,
    shutdown: Shutdown,
}

impl Driver {
    /// Drives a connection. It takes no further requests when it has been idle for too long, is old, or the server
    /// drains, and is dropped when the server's time is over.
    async fn run<C>(mut self, connection: C, drain: fn(Pin<&mut C>))
    where
        C: Future<Output = Result<(), hyper::Error>>,
    {
        let mut connection = pin!(connection);
        // The connection is polled for each request, and what ends it only when it is its turn: so it is one of several
        // futures, each of which has a waker of its own.
        let end = end_of_requests(&self.activity, &self.limits, &mut self.shutdown);
        let mut ends = FuturesUnordered::from_iter([end]);
        let ended = tokio::select! {
            biased;
            ended = connection.as_mut() => Some(ended),
            Some(()) = ends.next() => {
                drop(ends);
                drain(connection.as_mut());
                tokio::select! {
                    ended = connection => Some(ended),
                    () = self.end_of_time() => None,
                }
            }
        };
        if let Some(Err(error)) = ended {
            tracing::debug!(%error, "a connection broke off");
        }
    }

    /// Waits until a connection that takes no further requests has to be dropped.
    async fn end_of_time(&mut self) {
        let forgotten = async {
            // A client may go on taking answers for as long as it likes, and as long as it takes any.
            while let Some(left) = left(&self.activity, self.limits.write) {
                tokio::time::sleep(left).await;
            }
        };
        tokio::select! {
            () = self.shutdown.over() => self.places.drop_requests(self.activity.in_flight()),
            () = forgotten => {}
        }
    }
}

/// How much longer a connection may be idle; `None` where that is over.
fn left(activity: &Activity, limit: Duration) -> Option<Duration> {
    Some(limit.saturating_sub(activity.idle().unwrap_or_default())).filter(|left| !left.is_zero())
}

/// Waits until a connection should take no further requests.
async fn end_of_requests(activity: &Activity, limits: &ConnectionLimits, shutdown: &mut Shutdown) {
    let mut rest = pin!(tokio::time::sleep(limits.idle.min(limits.age)));
    loop {
        tokio::select! {
            () = rest.as_mut() => {
                let age = limits.age.saturating_sub(activity.age());
                let Some(left) = left(activity, limits.idle).filter(|_| !age.is_zero()) else { return };
                rest.as_mut().reset(Instant::now() + left.min(age));
            }
            asked = shutdown.asked() => match asked {
                Asked::MakeRoom if activity.idle().is_none_or(|idle| idle < SHORT) => {}
                Asked::MakeRoom | Asked::Drain => return,
            },
        }
    }
}
