//! The streams of HTTP/2: each has a task of its own, and a time limit of its own for a client that does not take
//! the answer. The window of a stream is the client's to open, so the connection's socket says nothing about it.

use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::rt::Executor;

use super::stall::Stall;

/// How much of an answer a stream has at most at once, in bytes: HTTP/2 takes it as soon as the client takes a part, and
/// keeps it until the client has the rest. So it is as well what a client has to take within the time limit.
pub(super) const PIECE: usize = 16 * 1024;

thread_local! {
    /// What the task of a stream has last done with its answer's body.
    static LAST: Cell<Option<Piece>> = const { Cell::new(None) };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// It waits for the next piece.
    Awaited,
    /// It has the next piece, or the end, and waits until that can be sent.
    Taken,
}

/// Notes that a piece of an answer's body was asked for, and whether there was one.
pub(super) fn note(is_there: bool) {
    LAST.set(Some(if is_there { Piece::Taken } else { Piece::Awaited }));
}

/// Spawns the tasks of streams.
#[derive(Debug, Clone, Copy)]
pub(super) struct StreamExecutor {
    /// How long a client may not take a piece of an answer.
    pub write_limit: Duration,
}

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for StreamExecutor {
    fn execute(&self, future: F) {
        let stall = Stall::new(self.write_limit);
        tokio::spawn(StreamTask { future, stall, is_taken: false });
    }
}

pin_project_lite::pin_project! {
    /// The task of one stream.
    struct StreamTask<F> {
        #[pin]
        future: F,
        stall: Stall,
        is_taken: bool,
    }
}

impl<F: Future<Output = ()>> Future for StreamTask<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        LAST.set(None);
        if this.future.poll(context).is_ready() {
            return Poll::Ready(());
        }
        if let Some(piece) = LAST.get() {
            *this.is_taken = piece == Piece::Taken;
            this.stall.end();
        }
        if *this.is_taken && this.stall.poll(context).is_ready() {
            tracing::debug!("a client does not take an answer; its stream is reset");
            return Poll::Ready(());
        }
        Poll::Pending
    }
}
