//! A request's place among those in flight of a replica. A request leaves it while it waits for its client, and gives
//! it back for good once it needs no more of the replica.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use super::{Pool, Returning};
use crate::protocol::HttpError;
use crate::request::{Place, busy};

/// A place.
pub(in super::super) struct Permit {
    pool: Arc<Pool>,
    replica: u64,
    /// A [`Holding`], which changes only under the pool's lock.
    holding: AtomicU8,
}

/// What a request has of its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Holding {
    Held,
    /// It waits for its client, and another request may have the place.
    Away,
    GivenUp,
}

impl Permit {
    /// A place that is held. The pool has counted it.
    pub(super) fn new(pool: &Arc<Pool>, replica: u64) -> Self {
        Self { pool: Arc::clone(pool), replica, holding: AtomicU8::new(Holding::Held as u8) }
    }

    /// Leaves the place empty for good, and tells no other request; whether there is one to tell.
    pub(super) fn give_up(&self) -> bool {
        let mut state = self.pool.lock();
        let was_held = self.replace(Holding::Held, Holding::GivenUp);
        if !was_held && !self.replace(Holding::Away, Holding::GivenUp) {
            return false;
        }
        let Some(serving) = state.find(self.replica) else { return false };
        match was_held {
            true => serving.in_flight -= 1,
            false => serving.away -= 1,
        }
        let done = state.take_done(self.replica);
        drop(state);
        drop(done);
        was_held
    }

    /// Changes what the request has of its place, if it has this; whether it had. The pool is locked.
    pub(super) fn replace(&self, from: Holding, to: Holding) -> bool {
        self.holding.compare_exchange(from as u8, to as u8, Relaxed, Relaxed).is_ok()
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if self.give_up() {
            self.pool.feed(self.replica);
        }
    }
}

/// A place, for the request to leave and to return to. As many requests may be away as may wait for a replica.
pub(in super::super) struct RequestPlace(pub Arc<Permit>);

impl Place for RequestPlace {
    fn leave(&self) -> Result<(), HttpError> {
        let Permit { pool, replica, .. } = &*self.0;
        {
            let mut state = pool.lock();
            if state.away() >= pool.most_waiting {
                return Err(busy());
            }
            let Some(serving) = state.find(*replica) else { return Ok(()) };
            if !self.0.replace(Holding::Held, Holding::Away) {
                return Ok(());
            }
            serving.in_flight -= 1;
            serving.away += 1;
        }
        pool.feed(*replica);
        Ok(())
    }

    fn return_to(&self) -> BoxFuture<'_, ()> {
        let Permit { pool, replica, .. } = &*self.0;
        let (returned, there) = oneshot::channel();
        if let Some(serving) = pool.lock().find(*replica) {
            serving.returning.push_back(Returning { permit: Arc::downgrade(&self.0), returned });
        }
        pool.feed(*replica);
        Box::pin(async move {
            // An error means that the replica is gone.
            let _ = there.await;
        })
    }
}
