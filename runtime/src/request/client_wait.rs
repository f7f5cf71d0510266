//! Waiting for what a client still has to send: as long as there is time, and without a place among the requests that a
//! handler has at once.

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use futures_util::future::BoxFuture;
use tokio::time::{Instant, timeout_at};

use super::Concurrency;
use crate::protocol::HttpError;

/// A request's place among those that a handler has at once.
pub(crate) trait Place: Send + Sync {
    /// Leaves it to another request.
    ///
    /// # Errors
    ///
    /// The refusal, where as many requests have left theirs as may.
    fn leave(&self) -> Result<(), HttpError>;

    /// Waits until there is a place again.
    fn return_to(&self) -> BoxFuture<'_, ()>;

    /// The request has left its place, and ends without it.
    fn abandon(&self) {}
}

/// How a request waits for its client.
pub(crate) struct ClientWait {
    /// When the body must have come in.
    pub deadline: Instant,
    /// The place that the request has, where there is a limit.
    pub place: Option<HeldPlace>,
    /// The place that it has left, for its client takes as long as it likes to send what the handler reads.
    pub left: Option<LeftPlace>,
}

/// A request that has left its place for as long as it runs.
pub(crate) struct LeftPlace(&'static Concurrency);

impl Drop for LeftPlace {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

/// The place that a request has.
pub(crate) enum HeldPlace {
    /// Among those that the handler has on the flow's threads.
    Flow(&'static Concurrency),
    /// Among those of a replica.
    Replica(Arc<dyn Place>),
}

impl HeldPlace {
    fn get(&self) -> &dyn Place {
        match self {
            Self::Flow(concurrency) => concurrency,
            Self::Replica(place) => &**place,
        }
    }
}

/// A request that has left its place.
struct Away<'p> {
    place: &'p dyn Place,
    is_back: bool,
}

impl Drop for Away<'_> {
    fn drop(&mut self) {
        if !self.is_back {
            self.place.abandon();
        }
    }
}

impl fmt::Debug for ClientWait {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ClientWait").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

impl ClientWait {
    /// The handler reads the body by itself: on the flow's threads, the request keeps no place then. Where as many have left
    /// theirs as may, it does.
    pub(super) fn leave_to_handler(&mut self) {
        if let Some(HeldPlace::Flow(concurrency)) = self.place
            && self.left.is_none()
            && concurrency.leave().is_ok()
        {
            self.left = Some(LeftPlace(concurrency));
        }
    }

    /// What comes of the client; that it is there at once costs nothing.
    ///
    /// # Errors
    ///
    /// 408 where it does not come in time, 503 where too many others are waited for.
    pub(super) async fn for_client<F: Future + Send>(&self, coming: F) -> Result<F::Output, HttpError>
    where
        F::Output: Send,
    {
        let mut coming = pin!(coming);
        match std::future::poll_fn(|context| Poll::Ready(coming.as_mut().poll(context))).await {
            Poll::Ready(output) => Ok(output),
            Poll::Pending => Box::pin(self.late(coming)).await,
        }
    }

    async fn late<F: Future>(&self, coming: Pin<&mut F>) -> Result<F::Output, HttpError> {
        let place = self.place.as_ref().map(HeldPlace::get);
        let away = match place {
            Some(place) => {
                place.leave()?;
                Some(Away { place, is_back: false })
            }
            None => None,
        };
        let output = timeout_at(self.deadline, coming).await;
        let output = output.map_err(|_| HttpError::request_timeout().detail("The body did not come in time."))?;
        if let Some(mut away) = away {
            away.place.return_to().await;
            away.is_back = true;
        }
        Ok(output)
    }
}
