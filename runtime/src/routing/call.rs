//! From a request to its answer: what every endpoint does in the same way.

use std::future::ready;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::HandlerResult;
use crate::protocol::HttpError;
use crate::request::{Answer, Contract, Decoder, Incoming};

/// What becomes of a request, sooner or later.
pub type Answering = BoxFuture<'static, HandlerResult>;

/// A request as a handler gets it, and the way back; or the refusal.
pub type Decoded<Q> = Result<(Q, Answer), HttpError>;

/// Waits for what an endpoint expects of a request, decodes it, and calls the handler's method. Where there is nothing to
/// wait for, all of it but the handler's own future is done at once.
///
/// Each endpoint has a type of request, so this is compiled for each of them: what does not depend on it stands elsewhere.
pub fn answer<H, Q>(
    handler: Arc<H>,
    incoming: Incoming,
    contract: &'static Contract,
    decode: fn(&mut Decoder) -> Decoded<Q>,
    call: fn(Arc<H>, Q, Answer) -> Answering,
) -> Answering
where
    H: Send + Sync + ?Sized + 'static,
    Q: Send + 'static,
{
    let mut decoder = Decoder::new(incoming, contract);
    match decoder.load_at_once() {
        Some(loaded) => match loaded.and_then(|()| decoder.decode(decode)) {
            Ok((request, answer)) => call(handler, request, answer),
            Err(error) => Box::pin(ready(Err(error))),
        },
        None => Box::pin(async move {
            decoder.load().await?;
            let (request, answer) = decoder.decode(decode)?;
            call(handler, request, answer).await
        }),
    }
}
