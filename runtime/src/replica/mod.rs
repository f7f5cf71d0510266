//! Replicas: running copies of a service, each with its own threads and its own place for requests. A service that
//! asks for none of it runs on the flow's threads, and nothing of this is on its requests' way.
//!
//! Uses the rooms up to `endpoint`. Knows no connections, and nothing of where options come from.

mod autoscale;
mod cpus;
mod handlers;
mod lazy_handler;
mod pool;
mod supervisor;
mod thread;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;

use crate::observe::log;
#[cfg(feature = "admin")]
use crate::observe::metrics::ReplicaCounts;
use crate::protocol::{Error, HttpError, attach_to_stream};
use crate::request::{HeldPlace, Incoming, busy};
use crate::routing::{Dispatch, HandlerResult};
use autoscale::Autoscaler;
use lazy_handler::{HandlerCell, LazyHandler};
use pool::{Permit, Pool, RequestPlace, Worker};
use supervisor::Supervisor;

pub(crate) use autoscale::Autoscaling;
pub use handlers::HandlerFactory;
pub(crate) use handlers::Handlers;

/// How a service runs.
#[derive(Clone)]
pub(crate) enum Status {
    /// On the flow's threads.
    Inline,
    /// On the flow's threads, with a handler value that a factory makes.
    LazyHandler(
        #[cfg_attr(not(feature = "admin"), expect(dead_code, reason = "only an admin listener asks for it"))]
        HandlerCell,
    ),
    /// On threads of its replicas.
    Replicated(Arc<Pool>),
}

/// What replicas a service runs on. Values have been checked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReplicaOptions {
    /// The CPUs of a replica; rounded up, the number of its threads.
    pub num_cpus: f64,
    /// How many there are at the start.
    pub num_replicas: u32,
    /// How many there are, whether the machine has the CPUs for them or not.
    pub min_replicas: u32,
    /// The most requests that a replica has in flight.
    pub max_concurrent_queries: u32,
    /// How their number follows the load; `None` where it is fixed.
    pub autoscaling: Option<Autoscaling>,
}

/// Where the handler of a service runs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Placement {
    /// On the flow's threads.
    Inline,
    /// On threads of replicas.
    Replicas(ReplicaOptions),
}

/// Starts a service; at most `max_queued_requests` wait for a handler.
pub(crate) fn start(
    service: String,
    handlers: Handlers,
    (placement, max_queued_requests): (Placement, u32),
) -> Result<(Arc<dyn Dispatch>, Status), Error> {
    let options = match (placement, handlers) {
        (Placement::Inline, Handlers::Shared(dispatch)) => return Ok((dispatch, Status::Inline)),
        (Placement::Inline, handlers @ Handlers::Made(_)) => {
            let awaited = LazyHandler::new(service, handlers);
            let status = Status::LazyHandler(awaited.made());
            return Ok((Arc::new(awaited), status));
        }
        (Placement::Replicas(options), handlers) => (options, handlers),
    };
    let (options, handlers) = options;
    let ReplicaOptions { num_cpus, num_replicas, min_replicas, max_concurrent_queries, autoscaling } = options;
    let pool = Arc::new(Pool::new(service, max_concurrent_queries, max_queued_requests));
    let supervisor = Supervisor {
        pool: Arc::clone(&pool),
        handlers,
        cpus: num_cpus,
        wanted: num_replicas,
        fewest: min_replicas as usize,
        autoscaler: autoscaling.map(Autoscaler::new),
    };
    supervisor.spawn()?;
    let replicas = Replicas { pool: Arc::clone(&pool) };
    Ok((Arc::new(replicas), Status::Replicated(pool)))
}

impl Status {
    /// Whether there is a handler value, and requests come to it.
    #[cfg(feature = "admin")]
    pub(crate) fn is_ready(&self) -> bool {
        match self {
            Self::Inline => true,
            Self::LazyHandler(made) => made.get().is_some(),
            Self::Replicated(pool) => pool.snapshot().serving > 0,
        }
    }

    /// The replicas, where there are any.
    #[cfg(feature = "admin")]
    pub(crate) fn replicas(&self) -> Option<ReplicaCounts> {
        match self {
            Self::Inline | Self::LazyHandler(_) => None,
            Self::Replicated(pool) => Some(pool.snapshot()),
        }
    }

    /// Waits for the end of the service, which nobody uses any more; its name, where it does not end in time.
    pub(crate) async fn end(&self, deadline: Instant) -> Option<&str> {
        let Self::Replicated(pool) = self else { return None };
        pool.close();
        let ended = timeout_at(deadline, pool.ended()).await;
        ended.is_err().then_some(pool.service.as_str())
    }
}

/// The endpoints, called on the threads of replicas. Without it, they end.
struct Replicas {
    pool: Arc<Pool>,
}

impl Drop for Replicas {
    fn drop(&mut self) {
        self.pool.close();
    }
}

impl Dispatch for Replicas {
    fn call(&self, endpoint: usize, incoming: Incoming) -> BoxFuture<'static, HandlerResult> {
        let pool = Arc::clone(&self.pool);
        Box::pin(async move {
            let request = Arc::new(Request { endpoint, incoming: Mutex::new(Some(incoming)) });
            loop {
                let (worker, place) = pool.admit().await.map_err(|_| busy())?;
                match run(worker, place, &request).await {
                    // What is there already needs no more of the replica.
                    Ok((answered, place)) => return answered.map(|response| attach_to_stream(response, place)),
                    Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                    // The replica died before it had begun.
                    Err(_) if request.is_whole() => {}
                    Err(_) => {
                        tracing::error!(service = pool.service, "a replica died with a request");
                        return Err(HttpError::internal());
                    }
                }
            }
        })
    }
}

/// A request on its way to a replica, which takes it when it begins with it.
struct Request {
    endpoint: usize,
    incoming: Mutex<Option<Incoming>>,
}

impl Request {
    fn take(&self) -> Option<Incoming> {
        self.incoming.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn is_whole(&self) -> bool {
        self.incoming.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

/// Handles a request on the threads of a replica. The place is held until that ends, also where nobody waits for it
/// any more.
async fn run(
    worker: Arc<Worker>,
    place: Arc<Permit>,
    request: &Arc<Request>,
) -> Result<(HandlerResult, Arc<Permit>), JoinError> {
    let request = Arc::clone(request);
    let handled = worker.runtime.clone().spawn(log::carried(
        async move {
            let answered = match request.take() {
                Some(mut incoming) => {
                    incoming.wait.place = Some(HeldPlace::Replica(Arc::new(RequestPlace(Arc::clone(&place)))));
                    worker.dispatch.call(request.endpoint, incoming).await
                }
                None => Err(HttpError::internal()),
            };
            // The replica's own thread shall be the last to hold its handler value.
            drop(worker);
            (answered, place)
        }
        .in_current_span(),
    ));
    Handled(handled).await
}

/// A task that ends when nobody waits for it any more: the client is gone, or the time over.
struct Handled<T>(JoinHandle<T>);

impl<T> Future for Handled<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context)
    }
}

impl<T> Drop for Handled<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
