//! Compressed bodies of requests.

use std::io;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZstdDecoder};
use async_compression::zstd::DParameter;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures_util::future::TryFutureExt as _;
use futures_util::stream::{Stream, TryStreamExt as _, try_unfold};
use http::HeaderMap;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HeaderValue};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::io::StreamReader;

use super::around::{AroundMiddleware, layers};
use super::encoding::Encoding;
use crate::protocol::HttpError;

/// How far back zstd and Brotli may refer, as a power of two: 8 MiB, the most that senders over HTTP may ask zstd for
/// (RFC 9659 §3). A decoder keeps that much in memory; gzip keeps 32 KiB.
const WINDOW_LOG: u8 = 23;

/// Windows up to this size, as a power of two, are small: 1 MiB.
const SMALL_LOG: u8 = 20;

/// How many decoders may have a larger window at a time.
const LARGE_WINDOWS: usize = 32;

/// How much is decompressed at once.
const PIECE: usize = 8 * 1024;

/// Decompresses bodies as their `Content-Encoding` says: `decompression`. Another encoding, or several of them, is
/// refused with 415 and `Accept-Encoding` (RFC 9110 §15.5.16).
///
/// The limits of bodies hold for what comes out, which is read piece by piece: a small body that would become a huge one
/// is refused with 413 as soon as it is too long. A [`BodyLimit`](super::BodyLimit) around this one counts what is sent.
/// What is not of its encoding, goes on after its end, or asks for a window beyond 8 MiB (RFC 9659), is a body that breaks
/// off: 400.
///
/// Of bodies that ask for a window over 1 MiB, 32 are decompressed at a time, in at most 256 MiB; others wait for them.
#[derive(Debug, Clone)]
pub struct Decompression {
    encodings: Arc<[Encoding]>,
    /// Those that are free.
    large_windows: Arc<Semaphore>,
}

impl Default for Decompression {
    fn default() -> Self {
        Self::new()
    }
}

impl Decompression {
    /// All encodings.
    pub fn new() -> Self {
        Self { encodings: Encoding::ALL.into(), large_windows: Arc::new(Semaphore::new(LARGE_WINDOWS)) }
    }

    /// How many bodies that ask for a window over 1 MiB, and up to 8 MiB, are decompressed at a time; by default 32.
    #[must_use]
    pub fn large_windows(mut self, count: usize) -> Self {
        self.large_windows = Arc::new(Semaphore::new(count.clamp(1, Semaphore::MAX_PERMITS)));
        self
    }

    /// The encodings to take.
    #[must_use]
    pub fn encodings(mut self, encodings: impl IntoIterator<Item = Encoding>) -> Self {
        self.encodings = encodings.into_iter().collect();
        self
    }
}

layers!(Decompression);

impl AroundMiddleware for Decompression {
    type Kept = ();

    fn before(&self, request: &mut Request) -> ControlFlow<Response> {
        let coding = match self.coding(request.headers()) {
            Ok(coding) => coding,
            Err(Unknown) => return ControlFlow::Break(self.refusal()),
        };
        request.headers_mut().remove(CONTENT_ENCODING);
        if let Some(coding) = coding {
            request.headers_mut().remove(CONTENT_LENGTH);
            let packed = std::mem::take(request.body_mut());
            *request.body_mut() = unpacked(packed, coding, &self.large_windows);
        }
        ControlFlow::Continue(())
    }

    fn after(&self, (): (), _response: &mut Response) {}
}

/// Bodies of this encoding are not taken.
struct Unknown;

impl Decompression {
    /// The one coding that a body has, if any.
    fn coding(&self, headers: &HeaderMap) -> Result<Option<Encoding>, Unknown> {
        let mut coding = None;
        for line in headers.get_all(CONTENT_ENCODING) {
            let line = line.to_str().map_err(|_| Unknown)?;
            for name in line.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                if name.eq_ignore_ascii_case("identity") {
                    continue;
                }
                let known = self.encodings.iter().find(|encoding| is_named(**encoding, name)).ok_or(Unknown)?;
                if coding.replace(*known).is_some() {
                    return Err(Unknown);
                }
            }
        }
        Ok(coding)
    }

    fn refusal(&self) -> Response {
        let names: Vec<&str> = self.encodings.iter().map(|encoding| encoding.name()).collect();
        let error = HttpError::unsupported_media_type().detail("The body's encoding is not taken.");
        match HeaderValue::from_str(&names.join(", ")) {
            Ok(names) => error.header(ACCEPT_ENCODING, names).into_response(),
            Err(_) => error.into_response(),
        }
    }
}

/// Names are compared in any case, and `x-gzip` is gzip (RFC 9110 §8.4.1.3).
fn is_named(encoding: Encoding, name: &str) -> bool {
    name.eq_ignore_ascii_case(encoding.name()) || (encoding == Encoding::Gzip && name.eq_ignore_ascii_case("x-gzip"))
}

/// A body as it was sent.
type Packed = StreamReader<Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>, Bytes>;

/// What a body holds, as it is asked for.
fn unpacked(body: Body, coding: Encoding, large_windows: &Arc<Semaphore>) -> Body {
    let packed: Packed = StreamReader::new(Box::pin(body.into_data_stream().map_err(io::Error::other)));
    match coding {
        // It may be of several parts (RFC 1952 §2.2).
        Encoding::Gzip => {
            let mut decoder = GzipDecoder::new(packed);
            decoder.multiple_members(true);
            Body::from_stream(pieces((decoder, None), GzipDecoder::get_mut))
        }
        Encoding::Zstd => Body::from_stream(zstd(packed, Arc::clone(large_windows)).try_flatten_stream()),
        Encoding::Br => Body::from_stream(brotli(packed, Arc::clone(large_windows)).try_flatten_stream()),
    }
}

/// The right to a large window.
type LargeWindow = OwnedSemaphorePermit;

/// Waits for the right to a window of this size, where it is large.
async fn window(log: u8, large_windows: Arc<Semaphore>) -> Option<LargeWindow> {
    if log <= SMALL_LOG {
        return None;
    }
    // The semaphore is never closed.
    large_windows.acquire_owned().await.ok()
}

/// What a body of zstd holds. It may be of several frames (RFC 8878 §3), whose windows are not larger than the first may be.
async fn zstd(mut packed: Packed, large_windows: Arc<Semaphore>) -> io::Result<impl Stream<Item = io::Result<Bytes>>> {
    let log = if zstd_window_log(packed.fill_buf().await?) <= SMALL_LOG { SMALL_LOG } else { WINDOW_LOG };
    let window = window(log, large_windows).await;
    let mut decoder = ZstdDecoder::with_params(packed, &[DParameter::window_log_max(log.into())]);
    decoder.multiple_members(true);
    Ok(pieces((decoder, window), ZstdDecoder::get_mut))
}

/// The size of the window that a frame of zstd asks for, rounded up to a power of two, which is its exponent; the largest
/// where that is not to be seen (RFC 8878 §3.1.1.1).
fn zstd_window_log(start: &[u8]) -> u8 {
    let [0x28, 0xb5, 0x2f, 0xfd, descriptor, rest @ ..] = start else { return u8::MAX };
    let is_single = descriptor & 0x20 != 0;
    if !is_single {
        return rest.first().map_or(u8::MAX, |window| 10 + (window >> 3) + u8::from(window & 7 > 0));
    }
    // The window is as large as the content, whose size follows the number of a dictionary.
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let (width, more) = [(1, 0), (2, 256), (4, 0), (8, 0)][usize::from(descriptor >> 6)];
    let Some(bytes) = rest.get(dictionary..dictionary + width) else { return u8::MAX };
    let size = bytes.iter().rev().fold(0u64, |size, byte| size << 8 | u64::from(*byte)).saturating_add(more);
    (u64::BITS - size.saturating_sub(1).leading_zeros()) as u8
}

/// What a body of Brotli holds, unless it asks for a larger window than there may be: its decoder takes what is asked for.
async fn brotli(
    mut packed: Packed,
    large_windows: Arc<Semaphore>,
) -> io::Result<impl Stream<Item = io::Result<Bytes>>> {
    let log = packed.fill_buf().await?.first().map_or(0, |first| brotli_window_log(*first));
    if log > WINDOW_LOG {
        return Err(io::Error::other("a compressed body asks for a window that is too large"));
    }
    let window = window(log, large_windows).await;
    Ok(pieces((BrotliDecoder::new(packed), window), BrotliDecoder::get_mut))
}

/// The size of the window that a stream of Brotli asks for, as a power of two, where it is over 128 KiB (RFC 7932 §9.1).
fn brotli_window_log(first: u8) -> u8 {
    match (first & 1, first >> 1 & 7) {
        (1, bits) if bits > 0 => 17 + bits,
        _ => 0,
    }
}

/// What a decoder gives, which keeps its window.
fn pieces<D: AsyncRead + Send + Unpin + 'static>(
    decoder: (D, Option<LargeWindow>),
    packed: fn(&mut D) -> &mut Packed,
) -> impl Stream<Item = io::Result<Bytes>> {
    try_unfold(decoder, move |(mut decoder, window)| async move {
        let mut piece = BytesMut::with_capacity(PIECE);
        if decoder.read_buf(&mut piece).await? > 0 {
            return Ok(Some((piece.freeze(), (decoder, window))));
        }
        match packed(&mut decoder).fill_buf().await?.is_empty() {
            true => Ok(None),
            false => Err(io::Error::other("a compressed body goes on after its end")),
        }
    })
}
