//! Endpoints that ask who calls, before anything else of the request is read.

use std::sync::Arc;

use super::handling::handled;
use super::{Answering, Decode, Endpoint, Method};
use crate::request::{Contract, Decoder, Incoming};
use crate::security::{Guard, Security, authorize, identify};

/// An endpoint that not everybody may call. Its method cannot be called without a principal, and only the guard makes one.
pub struct Authorized<G, Q, M> {
    /// Checks credentials.
    pub guard: G,
    /// Whose credentials count.
    pub security: Security,
    /// What it expects of a request.
    pub contract: Contract,
    /// Makes the handler's request of one that has come in.
    pub decode: Decode<Q>,
    /// The handler's method.
    pub method: M,
}

/// An endpoint that everybody may call, and that wants to know who does.
pub struct Identified<G, Q, M> {
    /// Checks credentials.
    pub guard: G,
    /// Whose credentials count.
    pub security: Security,
    /// What it expects of a request.
    pub contract: Contract,
    /// Makes the handler's request of one that has come in.
    pub decode: Decode<Q>,
    /// The handler's method.
    pub method: M,
}

impl<H, G, Q, M> Endpoint<H> for Authorized<G, Q, M>
where
    H: Send + Sync + 'static,
    G: Guard<H>,
    Q: Send + 'static,
    M: for<'h> Method<'h, H, (Q, G::Principal)> + Copy + Sync + 'static,
{
    fn answer(&'static self, handler: Arc<H>, incoming: Incoming) -> Answering {
        Box::pin(async move {
            let mut decoder = Decoder::new(incoming, &self.contract);
            let principal = authorize(&self.guard, &*handler, decoder.presented(self.security)).await?;
            decoder.load().await?;
            let (request, answer) = decoder.decode(self.decode)?;
            handled(handler, self.method, (request, principal), answer).await
        })
    }
}

impl<H, G, Q, M> Endpoint<H> for Identified<G, Q, M>
where
    H: Send + Sync + 'static,
    G: Guard<H>,
    Q: Send + 'static,
    M: for<'h> Method<'h, H, (Q, Option<G::Principal>)> + Copy + Sync + 'static,
{
    fn answer(&'static self, handler: Arc<H>, incoming: Incoming) -> Answering {
        Box::pin(async move {
            let mut decoder = Decoder::new(incoming, &self.contract);
            let principal = identify(&self.guard, &*handler, decoder.presented(self.security)).await?;
            decoder.load().await?;
            let (request, answer) = decoder.decode(self.decode)?;
            handled(handler, self.method, (request, principal), answer).await
        })
    }
}
