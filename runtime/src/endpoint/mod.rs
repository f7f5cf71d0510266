//! Endpoints of generated code: who may call is asked, the request is decoded, and a method of the handler is called.
//!
//! Uses the rooms up to `middleware`. Knows no services: what endpoints share is in `service`.

#[macro_use]
mod macros;

mod dispatcher;
mod guarded;
mod handling;
mod method;
mod open;

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::protocol::HttpError;
use crate::request::{Answer, Decoder, Incoming};
use crate::routing::HandlerResult;

pub(crate) use dispatcher::Dispatcher;
pub use dispatcher::Endpoints;
pub use guarded::{Authorized, Identified};
use method::{Arguments, Method};
pub use open::Open;

/// What becomes of a request, sooner or later.
type Answering = BoxFuture<'static, HandlerResult>;

/// A request as a handler gets it, and the way back; or the refusal.
pub type Decoded<Q> = Result<(Q, Answer), HttpError>;

/// Decodes a request of an endpoint; generated code.
type Decode<Q> = fn(&mut Decoder) -> Decoded<Q>;

/// An endpoint of a service whose handler is an `H`.
pub trait Endpoint<H>: Sync {
    /// Answers a request.
    fn answer(&'static self, handler: Arc<H>, incoming: Incoming) -> Answering;
}
