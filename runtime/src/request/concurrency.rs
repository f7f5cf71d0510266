//! How many requests a handler has at once, where it runs on the flow's threads: further ones wait in the order in which
//! they came.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use http::header::{HeaderValue, RETRY_AFTER};
use tokio::sync::oneshot;

use super::Place;
use crate::protocol::HttpError;

/// After how many seconds a client may ask again whose request found no place.
const RETRY_SECONDS: HeaderValue = HeaderValue::from_static("1");

/// No place is free, and none will be soon.
pub(crate) fn busy() -> HttpError {
    HttpError::service_unavailable().detail("The service has too much to do.").header(RETRY_AFTER, RETRY_SECONDS)
}

/// The places for requests of a service. Where one is free, taking and leaving it are two atomic operations each.
#[derive(Debug)]
pub(crate) struct Concurrency {
    most_in_flight: usize,
    most_waiting: usize,
    in_flight: AtomicUsize,
    /// How many wait: as many as the queue has. Who leaves looks here before it locks.
    waiting: AtomicUsize,
    /// How many have left their place until their client sends more.
    away: AtomicUsize,
    queue: Mutex<VecDeque<oneshot::Sender<Slot>>>,
}

/// A place; it is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Slot(&'static Concurrency);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.give_back();
    }
}

impl Concurrency {
    /// Places for so many requests, and for so many that wait.
    pub(crate) const fn new(most_in_flight: u32, most_waiting: u32) -> Self {
        Self {
            most_in_flight: most_in_flight as usize,
            most_waiting: most_waiting as usize,
            in_flight: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            away: AtomicUsize::new(0),
            queue: Mutex::new(VecDeque::new()),
        }
    }

    /// A place, if one is free and nobody waits for it.
    #[inline]
    pub(crate) fn try_enter(&'static self) -> Option<Slot> {
        if self.waiting.load(SeqCst) > 0 { None } else { self.take() }
    }

    /// A place, as soon as there is one.
    ///
    /// # Errors
    ///
    /// 503, where as many requests wait as may.
    pub(crate) async fn enter(&'static self) -> Result<Slot, HttpError> {
        let place = {
            let mut queue = self.queue();
            if queue.len() >= self.most_waiting {
                queue.retain(|waiter| !waiter.is_closed());
            }
            if queue.len() >= self.most_waiting {
                return Err(busy());
            }
            let (sender, place) = oneshot::channel();
            queue.push_back(sender);
            self.waiting.store(queue.len(), SeqCst);
            place
        };
        // Somebody may have left before it could see that somebody waits.
        self.feed();
        place.await.map_err(|_| busy())
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<oneshot::Sender<Slot>>> {
        // Nothing in here panics half-way.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&'static self) -> Option<Slot> {
        let more = |count| (count < self.most_in_flight).then_some(count + 1);
        self.in_flight.fetch_update(SeqCst, SeqCst, more).ok().map(|_| Slot(self))
    }

    fn give_back(&'static self) {
        self.in_flight.fetch_sub(1, SeqCst);
        if self.waiting.load(SeqCst) > 0 {
            self.feed();
        }
    }

    /// Gives free places to those who wait.
    #[cold]
    fn feed(&'static self) {
        loop {
            let (waiter, slot) = {
                let mut queue = self.queue();
                if queue.is_empty() {
                    return;
                }
                let Some(slot) = self.take() else { return };
                let waiter = queue.pop_front();
                self.waiting.store(queue.len(), SeqCst);
                (waiter, slot)
            };
            if let Some(Err(slot)) = waiter.map(|waiter| waiter.send(slot)) {
                // It waits no longer. To drop the place would feed others within.
                self.in_flight.fetch_sub(1, SeqCst);
                std::mem::forget(slot);
            }
        }
    }
}

/// A request's own place, which it leaves while it waits for its client.
impl Place for &'static Concurrency {
    fn leave(&self) -> Result<(), HttpError> {
        if self.away.fetch_add(1, SeqCst) >= self.most_waiting {
            self.away.fetch_sub(1, SeqCst);
            return Err(busy());
        }
        self.give_back();
        Ok(())
    }

    fn return_to(&self) -> BoxFuture<'_, ()> {
        let this = *self;
        let (sender, place) = oneshot::channel();
        {
            let mut queue = this.queue();
            // Before those that had none yet.
            queue.push_front(sender);
            this.waiting.store(queue.len(), SeqCst);
        }
        this.feed();
        Box::pin(async move {
            if let Ok(slot) = place.await {
                // The request has one of its own, which counts again.
                this.away.fetch_sub(1, SeqCst);
                std::mem::forget(slot);
            }
        })
    }

    fn abandon(&self) {
        // The request's own place counts until it is dropped, which is now.
        self.away.fetch_sub(1, SeqCst);
        self.in_flight.fetch_add(1, SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::time::Instant;

    use super::super::{ClientWait, HeldPlace};
    use super::*;

    fn places(most_in_flight: u32, most_waiting: u32) -> &'static Concurrency {
        Box::leak(Box::new(Concurrency::new(most_in_flight, most_waiting)))
    }

    #[tokio::test]
    async fn who_waits_first_goes_first_and_too_many_are_refused() {
        let places = places(1, 2);
        let slot = places.try_enter().unwrap();
        assert!(places.try_enter().is_none());
        let order = Arc::new(Mutex::new(Vec::new()));
        let waiting = |number: u32| {
            let order = Arc::clone(&order);
            tokio::spawn(async move {
                let slot = places.enter().await.unwrap();
                order.lock().unwrap().push(number);
                drop(slot);
            })
        };
        let first = waiting(1);
        tokio::task::yield_now().await;
        let second = waiting(2);
        tokio::task::yield_now().await;
        assert_eq!(places.enter().await.unwrap_err().status(), 503);
        drop(slot);
        // Nobody overtakes.
        assert!(places.try_enter().is_none());
        first.await.unwrap();
        second.await.unwrap();
        assert_eq!(*order.lock().unwrap(), [1, 2]);
        assert!(places.try_enter().is_some());
    }

    #[tokio::test]
    async fn who_waits_no_longer_keeps_nobody_out() {
        let places = places(1, 1);
        let slot = places.try_enter().unwrap();
        for _ in 0..3 {
            assert!(tokio::time::timeout(Duration::from_millis(1), places.enter()).await.is_err());
        }
        drop(slot);
        assert!(places.enter().await.is_ok());
        assert_eq!((places.in_flight.load(SeqCst), places.waiting.load(SeqCst)), (0, 0));
    }

    #[tokio::test]
    async fn who_is_away_leaves_its_place_and_comes_back_before_others() {
        let places = places(1, 5);
        let slot = places.try_enter().unwrap();
        Place::leave(&places).unwrap();
        let other = places.try_enter().unwrap();
        let waiting = tokio::spawn(places.enter());
        tokio::task::yield_now().await;
        let returning = Place::return_to(&places);
        drop(other);
        returning.await;
        assert!(!waiting.is_finished());
        drop(slot);
        drop(waiting.await.unwrap());
        // Who goes while it is away has had one place, and no more.
        let slot = places.try_enter().unwrap();
        Place::leave(&places).unwrap();
        Place::abandon(&places);
        drop(slot);
        assert_eq!((places.in_flight.load(SeqCst), places.away.load(SeqCst)), (0, 0));
    }

    #[tokio::test]
    async fn a_request_whose_handler_reads_the_body_by_itself_keeps_no_place() {
        let places = places(1, 1);
        let slot = places.try_enter().unwrap();
        let mut wait = ClientWait { deadline: Instant::now(), place: Some(HeldPlace::Flow(places)), left: None };
        wait.leave_to_handler();
        wait.leave_to_handler();
        let other = places.try_enter().unwrap();
        // What belongs to the request goes before its place does.
        drop(wait);
        drop(slot);
        assert!(places.try_enter().is_none());
        drop(other);
        assert_eq!((places.in_flight.load(SeqCst), places.away.load(SeqCst)), (0, 0));
    }

    #[test]
    fn no_place_is_lost_or_gained_between_threads() {
        let places = places(3, 10_000);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_time().build().unwrap();
        let most = Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = (0..64)
            .map(|_| {
                let most = Arc::clone(&most);
                runtime.spawn(async move {
                    for round in 0..200 {
                        let slot = match places.try_enter() {
                            Some(slot) => slot,
                            None if round % 7 == 0 => {
                                let _ = tokio::time::timeout(Duration::from_micros(50), places.enter()).await;
                                continue;
                            }
                            None => places.enter().await.unwrap(),
                        };
                        most.fetch_max(places.in_flight.load(SeqCst), SeqCst);
                        tokio::task::yield_now().await;
                        drop(slot);
                    }
                })
            })
            .collect();
        runtime.block_on(futures_util::future::join_all(tasks)).into_iter().for_each(|ended| ended.unwrap());
        drop(runtime);
        assert_eq!((places.in_flight.load(SeqCst), places.waiting.load(SeqCst)), (0, 0));
        assert_eq!(most.load(SeqCst), 3);
    }
}
