//! Endpoints that everybody may call.

use std::future::ready;
use std::sync::Arc;

use super::handling::handled;
use super::{Answering, Decode, Endpoint, Method};
use crate::protocol::HttpError;
use crate::request::{Contract, Decoder, Incoming};

/// An endpoint that asks nobody who they are.
pub struct Open<Q, M> {
    /// What it expects of a request.
    pub contract: Contract,
    /// Makes the handler's request of one that has come in.
    pub decode: Decode<Q>,
    /// The handler's method.
    pub method: M,
}

impl<H, Q, M> Endpoint<H> for Open<Q, M>
where
    H: Send + Sync + 'static,
    Q: Send + 'static,
    M: for<'h> Method<'h, H, (Q,)> + Copy + Sync + 'static,
{
    fn answer(&'static self, handler: Arc<H>, incoming: Incoming) -> Answering {
        load(self, &self.contract, handler, incoming)
    }
}

/// An endpoint whose request is there.
trait Loaded<H>: Sync {
    /// Decodes the request, and calls the handler.
    fn call(&'static self, handler: Arc<H>, decoder: &mut Decoder) -> Answering;
}

impl<H, Q, M> Loaded<H> for Open<Q, M>
where
    H: Send + Sync + 'static,
    Q: Send + 'static,
    M: for<'h> Method<'h, H, (Q,)> + Copy + Sync + 'static,
{
    fn call(&'static self, handler: Arc<H>, decoder: &mut Decoder) -> Answering {
        match decoder.decode(self.decode) {
            Ok((request, answer)) => Box::pin(handled(handler, self.method, (request,), answer)),
            Err(error) => refused(error),
        }
    }
}

/// Waits for the request where it takes its time, and answers it. Compiled once for all endpoints of a service.
fn load<H: Send + Sync + 'static>(
    endpoint: &'static dyn Loaded<H>,
    contract: &'static Contract,
    handler: Arc<H>,
    incoming: Incoming,
) -> Answering {
    let mut decoder = Decoder::new(incoming, contract);
    match decoder.load_at_once() {
        Some(Ok(())) => endpoint.call(handler, &mut decoder),
        Some(Err(error)) => refused(error),
        None => Box::pin(async move {
            decoder.load().await?;
            endpoint.call(handler, &mut decoder).await
        }),
    }
}

#[cold]
fn refused(error: HttpError) -> Answering {
    Box::pin(ready(Err(error)))
}
