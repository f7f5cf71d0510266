//! The admin listener: health, readiness, metrics and a snapshot of a flow, for those who operate it.
//!
//! It has a thread of its own, so that it answers however busy the flow's are. Where there is none, nothing of this
//! is on the way of requests.

mod snapshot;

use std::convert::Infallible;
use std::net::{IpAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};
use tokio::sync::oneshot;

use super::Running;
use crate::observe::{
    log::{LogLevel, set_log_level},
    metrics::Metrics,
};
use crate::protocol::{Error, HttpError, Peer, authority, method_not_allowed};
use crate::server::{ConnectionLimits, Places, RequestHandler, Server};

/// What [`Metrics::encode`] writes.
const OPEN_METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// How many connections there may be.
const MOST_CONNECTIONS: usize = 256;

/// A log level's name is shorter than this, in bytes.
const LONGEST_LEVEL: usize = 64;

/// An admin listener; it closes when this is dropped.
pub(crate) struct Admin {
    watched: Arc<Watched>,
    _open: oneshot::Sender<()>,
}

/// What there is to tell about a flow.
struct Watched {
    services: Vec<Running>,
    counts: Arc<Metrics>,
    places: Arc<Places>,
    began: Instant,
    is_draining: AtomicBool,
    /// Whether only this machine's programs come here.
    is_local: bool,
}

impl Admin {
    /// Listens on an address; a port alone is one of the loopback address.
    pub(super) fn open(
        address: &str,
        services: Vec<Running>,
        (counts, places): (Arc<Metrics>, Arc<Places>),
    ) -> Result<Self, Error> {
        let address = match address.strip_prefix(':').unwrap_or(address) {
            port if port.parse::<u16>().is_ok() => format!("127.0.0.1:{port}"),
            _ => address.to_owned(),
        };
        let listener = TcpListener::bind(&address).and_then(|listener| {
            listener.set_nonblocking(true)?;
            let local = listener.local_addr()?;
            tracing::info!("admin on http://{local}");
            Ok((listener, local.ip().is_loopback()))
        });
        let (listener, is_local) = listener.map_err(|source| Error::Bind { address, source })?;
        let watched =
            Watched { services, counts, places, began: Instant::now(), is_draining: AtomicBool::new(false), is_local };
        let watched = Arc::new(watched);
        let server = Server {
            service: Console(Arc::clone(&watched)),
            limits: ConnectionLimits::default(),
            places: Places::new(Some(MOST_CONNECTIONS)),
            #[cfg(feature = "tls")]
            tls: None,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Io)?;
        let (open, closed) = oneshot::channel::<()>();
        let serve = move || {
            runtime.block_on(async {
                match tokio::net::TcpListener::from_std(listener) {
                    Ok(listener) => {
                        // An error means that the flow has ended.
                        server.serve(listener, async { closed.await.unwrap_or_default() }).await;
                    }
                    Err(error) => tracing::error!(%error, "the admin listener has failed"),
                }
            });
        };
        std::thread::Builder::new().name("admin".to_owned()).spawn(serve).map_err(Error::Io)?;
        Ok(Self { watched, _open: open })
    }

    /// The flow takes no further requests: it is not ready any more.
    pub(super) fn drain(&self) {
        self.watched.is_draining.store(true, Ordering::Relaxed);
    }
}

/// Answers the requests of operators.
#[derive(Clone)]
struct Console(Arc<Watched>);

impl RequestHandler for Console {
    type Answering = BoxFuture<'static, Result<Response, Infallible>>;

    fn answer(&self, request: Request, _peer: Option<Peer>) -> Self::Answering {
        let console = self.clone();
        Box::pin(async move { Ok(console.respond(request).await) })
    }
}

impl Console {
    async fn respond(self, request: Request) -> Response {
        if self.0.is_local && !names_this_machine(&request) {
            let detail = "On this machine, ask for the admin listener by `localhost` or its address.";
            return HttpError::new(StatusCode::MISDIRECTED_REQUEST).detail(detail).into_response();
        }
        let path = request.uri().path();
        let level_of = path.strip_prefix("/services/").and_then(|rest| rest.strip_suffix("/log_level"));
        if let Some(service) = level_of.map(str::to_owned) {
            return match *request.method() {
                Method::PUT => set_level(&service, request).await.into_response(),
                _ => method_not_allowed(request.method(), "PUT"),
            };
        }
        let answer: fn(&Watched) -> Response = match path {
            "/healthz" => |_| "ok\n".into_response(),
            "/readyz" => Watched::readiness,
            "/metrics" => Watched::metrics,
            "/flow" => Watched::flow,
            _ => return HttpError::not_found().into_response(),
        };
        match *request.method() {
            Method::GET | Method::HEAD => answer(&self.0),
            _ => method_not_allowed(request.method(), "GET, HEAD"),
        }
    }
}

impl Watched {
    fn metrics(&self) -> Response {
        let text =
            self.counts.encode((self.places.taken(), self.places.awaited()), self.services.iter().map(Running::counts));
        ([(CONTENT_TYPE, OPEN_METRICS)], text).into_response()
    }
}

/// Whether the request is for `localhost` or an address. A page in a browser that has its own name lead here names
/// that.
fn names_this_machine(request: &Request) -> bool {
    let Some(authority) = authority(request.uri(), request.headers()) else { return false };
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok()
}

/// Changes how much a service logs; the body is the level's name.
async fn set_level(service: &str, request: Request) -> Result<StatusCode, HttpError> {
    let too_long = |_| HttpError::bad_request().detail("The body should be the name of a log level.");
    let body = to_bytes(request.into_body(), LONGEST_LEVEL).await.map_err(too_long)?;
    let level = std::str::from_utf8(&body).ok().and_then(|text| text.trim().parse::<LogLevel>().ok());
    let level = level.ok_or_else(|| {
        HttpError::bad_request().detail("The body should be one of TRACE, DEBUG, INFO, WARNING, ERROR and OFF.")
    })?;
    match set_log_level(service, level) {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(HttpError::not_found().detail("No service of this name has a log level of its own.")),
    }
}
