//! The stream of a connection: what was read of it already comes first, and it lingers at the end.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// How long a client may go on sending what nobody reads.
const LINGER: Duration = Duration::from_secs(2);

/// How long it may be silent before it is taken to have nothing more to send.
const SILENCE: Duration = Duration::from_millis(400);

/// A stream, of TCP or of TLS over it, whose first bytes were read ahead.
///
/// Closing a socket that still holds unread bytes makes the kernel reset the connection, and the
/// client may lose an answer that it has not read yet: the 413 for a body that it is still sending, above all.
/// So the writing side is shut first, and what still comes is thrown away for a while.
#[derive(Debug)]
pub(super) struct Stream<S> {
    inner: S,
    start: Vec<u8>,
    shut: Shut,
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
    pub(super) fn new(inner: S, start: Vec<u8>) -> Self {
        Self { inner, start, shut: Shut::Not }
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

impl<S: AsyncRead + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.start.is_empty() {
            return Pin::new(&mut self.inner).poll_read(context, buffer);
        }
        let length = self.start.len().min(buffer.remaining());
        buffer.put_slice(&self.start[..length]);
        self.start.drain(..length);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if matches!(self.shut, Shut::Not) {
            ready!(Pin::new(&mut self.inner).poll_shutdown(context))?;
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
        Pin::new(&mut self.inner).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}
