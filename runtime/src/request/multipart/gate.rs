//! What the parser is fed with: as much as it needs, and not more.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;

use crate::response::ByteStream;

/// The parser may hold back at most about this many bytes that lead to nothing: a part's head, or what
/// stands before the first part.
const MOST_HELD: usize = 64 * 1024;

/// Lets pieces through one at a time, for the parser would else read ahead as far as it can; and stops
/// where it only ever holds back what it has got.
pub(super) struct Gate {
    pieces: ByteStream,
    /// How many bytes were let through since the last thing that came out of the parser.
    held: Arc<AtomicUsize>,
    is_open: bool,
}

/// The parser holds back too much.
#[derive(Debug)]
pub(super) struct Held;

impl std::fmt::Display for Held {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a part has too long a head")
    }
}

impl std::error::Error for Held {}

impl Gate {
    pub(super) fn new(pieces: ByteStream) -> (Self, Arc<AtomicUsize>) {
        let held = Arc::new(AtomicUsize::new(0));
        (Self { pieces, held: Arc::clone(&held), is_open: true }, held)
    }
}

impl Stream for Gate {
    type Item = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if !std::mem::replace(&mut self.is_open, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.held.load(Ordering::Relaxed) > MOST_HELD {
            return Poll::Ready(Some(Err(Box::new(Held))));
        }
        let piece = std::task::ready!(Pin::new(&mut self.pieces).poll_next(context));
        if let Some(Ok(bytes)) = &piece {
            self.held.fetch_add(bytes.len(), Ordering::Relaxed);
            self.is_open = false;
        }
        Poll::Ready(piece.map(|piece| piece.map_err(Into::into)))
    }
}
