//! Where handler values come from.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;

use crate::endpoint::{Dispatcher, Endpoints};
use crate::observe::panic_message;
use crate::protocol::BoxError;
use crate::routing::Dispatch;
use futures_util::future::BoxFuture;

/// The pause after the first attempt that failed; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Makes handler values: one a replica, on the replica's own threads, so that its connections and timers belong to
/// it. It is tried again, ever more slowly, until it succeeds.
///
/// Functions are factories: `|| PetShop::open()`, where `open` is async and gives a `Result`. What all replicas share
/// is made before and captured: `move || { let db = db.clone(); async move { Ok::<_, Error>(PetShop { db }) } }`.
pub trait HandlerFactory<H>: Send + Sync + 'static {
    /// Makes one.
    fn make(&self) -> impl Future<Output = Result<H, BoxError>> + Send;
}

impl<H, F, Made, E> HandlerFactory<H> for F
where
    F: Fn() -> Made + Send + Sync + 'static,
    Made: Future<Output = Result<H, E>> + Send,
    E: Into<BoxError>,
{
    async fn make(&self) -> Result<H, BoxError> {
        self().await.map_err(Into::into)
    }
}

type Make = dyn Fn() -> BoxFuture<'static, Result<Arc<dyn Dispatch>, BoxError>> + Send + Sync;

/// Where a service's handler values come from.
#[derive(Clone)]
pub(crate) enum Handlers {
    /// One value, which all replicas share.
    Shared(Arc<dyn Dispatch>),
    /// One value a replica.
    Made(Arc<Make>),
}

impl Handlers {
    /// Values of a factory.
    pub(crate) fn made<H: Send + Sync + 'static>(factory: impl HandlerFactory<H>, endpoints: Endpoints<H>) -> Self {
        let factory = Arc::new(factory);
        Self::Made(Arc::new(move || {
            let factory = Arc::clone(&factory);
            Box::pin(async move {
                let dispatcher = Dispatcher::new(endpoints, factory.make().await?);
                Ok(Arc::new(dispatcher) as Arc<dyn Dispatch>)
            })
        }))
    }

    async fn make(&self) -> Result<Arc<dyn Dispatch>, BoxError> {
        match self {
            Self::Shared(dispatch) => Ok(Arc::clone(dispatch)),
            Self::Made(make) => make().await,
        }
    }

    /// A value, however many attempts it takes.
    pub(crate) async fn make_at_last(&self, service: &str) -> Arc<dyn Dispatch> {
        let mut pause = FIRST_PAUSE;
        loop {
            let error = match AssertUnwindSafe(self.make()).catch_unwind().await {
                Ok(Ok(dispatch)) => return dispatch,
                Ok(Err(error)) => error.to_string(),
                Err(panic) => format!("a panic: {}", panic_message(panic.as_ref())),
            };
            tracing::error!(service, error, ?pause, "a handler could not be made; it is tried again");
            tokio::time::sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }
}
