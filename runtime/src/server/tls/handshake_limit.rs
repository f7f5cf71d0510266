//! Handshakes that are under way: so many and no more.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// The places that handshakes under way take.
#[derive(Debug)]
pub(super) struct HandshakeLimit {
    most: usize,
    places: Mutex<Places>,
}

/// Who has a place, in the order of coming; who loses it is told by the channel's end.
#[derive(Debug, Default)]
struct Places {
    next: u64,
    taken: BTreeMap<u64, oneshot::Sender<Infallible>>,
}

/// A place; it is free again when this is dropped.
#[derive(Debug)]
pub(super) struct HandshakePermit<'p> {
    pending: &'p HandshakeLimit,
    number: u64,
    lost: oneshot::Receiver<Infallible>,
}

impl HandshakeLimit {
    pub(super) fn new(most: usize) -> Self {
        Self { most, places: Mutex::default() }
    }

    /// Takes a place. Where all are taken, who has had one longest loses it.
    pub(super) fn enter(&self) -> HandshakePermit<'_> {
        let (keep, lost) = oneshot::channel();
        let mut places = self.places();
        let number = places.next;
        places.next += 1;
        places.taken.insert(number, keep);
        if places.taken.len() > self.most {
            places.taken.pop_first();
        }
        drop(places);
        HandshakePermit { pending: self, number, lost }
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HandshakePermit<'_> {
    /// Ends when another has taken the place.
    pub(super) async fn lost(&mut self) {
        let Err(_) = (&mut self.lost).await;
    }
}

impl Drop for HandshakePermit<'_> {
    fn drop(&mut self) {
        self.pending.places().taken.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn who_has_taken_longest_makes_place() {
        let pending = HandshakeLimit::new(2);
        let (mut first, mut second) = (pending.enter(), pending.enter());
        assert!(first.lost().now_or_never().is_none());
        let mut third = pending.enter();
        assert!(first.lost().now_or_never().is_some());
        assert!(second.lost().now_or_never().is_none());
        drop(second);
        let _fourth = pending.enter();
        assert!(third.lost().now_or_never().is_none());
        drop(first);
        assert_eq!(pending.places().taken.len(), 2);
    }
}
