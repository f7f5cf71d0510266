//! From a request to its answer: what every endpoint does in the same way.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::HandlerResult;
use crate::protocol::HttpError;
use crate::request::{Answer, Contract, Decoder, Incoming};
use crate::response::Respond;

/// What becomes of a request, sooner or later.
pub type Answering = BoxFuture<'static, HandlerResult>;

/// A request as a handler gets it, and the way back; or the refusal.
pub type Decoded<Q> = Result<(Q, Answer), HttpError>;

/// Waits for what an endpoint expects of a request, decodes it, and calls the handler's method.
///
/// Each endpoint has types of its own, so this is compiled for each of them: what does not depend on the types
/// stands elsewhere.
pub fn answer<H, Q, R>(
    handler: Arc<H>,
    incoming: Incoming,
    contract: &'static Contract,
    decode: fn(&mut Decoder) -> Decoded<Q>,
    call: for<'h> fn(&'h H, Q) -> BoxFuture<'h, Result<R, HttpError>>,
) -> Answering
where
    H: Send + Sync + ?Sized + 'static,
    Q: Send + 'static,
    R: Respond + Send + 'static,
{
    let mut decoder = Decoder::new(incoming, contract);
    Box::pin(async move {
        decoder.load().await?;
        let (request, answer) = decoder.decode(decode)?;
        __called!(answer, call, &*handler, request)
    })
}
