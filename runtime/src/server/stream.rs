//! The stream of a connection: what was read of it already comes first, clients that dawdle are disconnected, and it
//! lingers at the end.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::ConnectionLimits;
use super::activity::Activity;
use super::framing::Framing;
use super::stall::Stall;

/// How long a client may go on sending what nobody reads.
const LINGER: Duration = Duration::from_secs(2);

/// How long it may be silent before it is taken to have nothing more to send.
const SILENCE: Duration = Duration::from_millis(400);

/// How many bytes a client of HTTP/2 may send in which no request goes on: settings, pings, resets. More than what
/// may be under way of bodies that nobody reads.
const MOST_IDLE_BYTES: usize = 4 << 20;

/// More than this is written for the sake of answers, and not of pings or settings alone.
const MORE_THAN_PINGS: usize = 64;

/// A stream, of TCP or of TLS over it, whose first bytes were read ahead.
///
/// Closing a socket that still holds unread bytes makes the kernel reset the connection, and the
/// client may lose an answer that it has not read yet: the 413 for a body that it is still sending, above all.
/// So the writing side is shut first, and what still comes is thrown away for a while.
#[derive(Debug)]
pub(super) struct Stream<S> {
    inner: S,
    start: Vec<u8>,
    activity: Arc<Activity>,
    reading: Reading,
    writing: Stall,
    shut: Shut,
}

/// What is asked of a client that sends.
#[derive(Debug)]
pub(super) enum Reading {
    /// A head comes in the time that there is for it, once it has begun.
    Heads {
        limit: Stall,
        /// The number of the head that the limit is for.
        head: usize,
        framing: Framing,
    },
    /// Frames belong to requests, for the most part.
    Frames { idle_bytes: usize, progress: usize },
}

#[derive(Debug)]
enum Shut {
    Not,
    /// No more is written; reading ends at this time, or after a silence.
    Lingering {
        end: Instant,
        silence: Pin<Box<Sleep>>,
    },
    Done,
}

impl<S: AsyncRead + Unpin> Stream<S> {
    /// Puts bytes back that were read of the stream.
    pub(super) fn new(
        inner: S,
        start: Vec<u8>,
        reading: Reading,
        (activity, limits): (Arc<Activity>, &ConnectionLimits),
    ) -> Self {
        Self { inner, start, activity, reading, writing: Stall::new(limits.write), shut: Shut::Not }
    }

    /// Throws away what the client still sends, until it ends, is silent, or the time is over.
    fn poll_linger(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Shut::Lingering { end, silence } = &mut self.shut else { return Poll::Ready(()) };
        let mut space = [0; 8192];
        loop {
            if silence.as_mut().poll(context).is_ready() {
                return Poll::Ready(());
            }
            let mut buffer = ReadBuf::new(&mut space);
            match ready!(Pin::new(&mut self.inner).poll_read(context, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {
                    silence.as_mut().reset((*end).min(Instant::now() + SILENCE));
                }
                _ => return Poll::Ready(()),
            }
        }
    }
}

impl Reading {
    /// For HTTP/1.1; the first head has begun.
    pub(super) fn heads(limits: &ConnectionLimits) -> Self {
        Self::Heads { limit: Stall::new(limits.header_read), head: 0, framing: Framing::new() }
    }

    /// For HTTP/2.
    pub(super) const FRAMES: Self = Self::Frames { idle_bytes: 0, progress: 0 };

    /// Whether what still comes is for nobody.
    fn is_refused(&self) -> bool {
        matches!(self, Self::Heads { framing, .. } if framing.is_refused())
    }

    /// These bytes came in: how many of them go on; an error where they are too many.
    fn came(&mut self, bytes: &mut [u8], activity: &Activity) -> io::Result<usize> {
        match self {
            Self::Heads { framing, .. } => return Ok(framing.follow(bytes, activity)),
            Self::Frames { idle_bytes, progress } => {
                let now = activity.progress();
                *idle_bytes = if *progress == now { *idle_bytes } else { 0 } + bytes.len();
                *progress = now;
                if *idle_bytes > MOST_IDLE_BYTES {
                    tracing::debug!("a client sends frames without requests; it is disconnected");
                    return Err(io::ErrorKind::QuotaExceeded.into());
                }
            }
        }
        Ok(bytes.len())
    }

    /// Nothing comes in; ready where a head is late.
    fn poll_late(&mut self, activity: &Activity, context: &mut Context<'_>) -> Poll<()> {
        let Self::Heads { limit, head, framing } = self else { return Poll::Pending };
        let unfinished = framing.unfinished_head(activity.requests()).filter(|_| activity.in_flight() == 0);
        if unfinished != Some(*head) {
            limit.end();
        }
        match unfinished {
            Some(unfinished) => {
                *head = unfinished;
                limit.poll(context)
            }
            None => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { inner, start, activity, reading, .. } = &mut *self;
        let before = buffer.filled().len();
        if !start.is_empty() {
            let length = start.len().min(buffer.remaining());
            buffer.put_slice(&start[..length]);
            start.drain(..length);
        } else if reading.is_refused() {
            // A parser that waits for more has not refused it yet.
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        } else if Pin::new(inner).poll_read(context, buffer)?.is_pending() {
            ready!(reading.poll_late(activity, context));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let length = reading.came(&mut buffer.filled_mut()[before..], activity)?;
        buffer.set_filled(before + length);
        Poll::Ready(Ok(()))
    }
}

impl<S: Unpin> Stream<S> {
    /// A client of HTTP/2 that still takes answers is not idle, also where nothing more is to be made for them.
    fn answered(&self, polled: &Poll<io::Result<usize>>) {
        if let (Reading::Frames { .. }, Poll::Ready(Ok(bytes))) = (&self.reading, polled)
            && *bytes > MORE_THAN_PINGS
        {
            self.activity.rest();
        }
    }

    /// What came of writing; an error where the client takes nothing for too long.
    fn written<T>(&mut self, polled: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            if self.writing.end() {
                self.activity.rest();
            }
            return polled;
        }
        ready!(self.writing.poll(context));
        tracing::debug!("a client does not take what it is sent; it is disconnected");
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.answered(&polled);
        self.written(polled, context)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.inner).poll_flush(context);
        self.written(polled, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if matches!(self.shut, Shut::Not) {
            let polled = Pin::new(&mut self.inner).poll_shutdown(context);
            ready!(self.written(polled, context))?;
            let now = Instant::now();
            self.shut =
                Shut::Lingering { end: now + LINGER, silence: Box::pin(tokio::time::sleep_until(now + SILENCE)) };
        }
        ready!(self.poll_linger(context));
        self.shut = Shut::Done;
        Poll::Ready(Ok(()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.answered(&polled);
        self.written(polled, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}
