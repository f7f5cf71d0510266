//! Layers in the order in which they were added.

use std::fmt;

use axum::Router;

use super::Middleware;
use crate::protocol::Error;

/// Puts one layer around a router, once what it needs is there.
type Layering = Box<dyn FnOnce(Router) -> Result<Router, Error> + Send>;

/// Layers around a router; what is added last is outermost.
#[derive(Default)]
pub(crate) struct Layers(Vec<Layering>);

impl Layers {
    pub(crate) fn add(&mut self, layer: impl Middleware) {
        self.0.push(Box::new(|router| Ok(layer.around(router))));
    }

    /// Adds a layer that is made at the start, which may fail.
    pub(crate) fn try_add<L: Middleware>(&mut self, make: impl FnOnce() -> Result<L, Error> + Send + 'static) {
        self.0.push(Box::new(|router| Ok(make()?.around(router))));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts them around.
    pub(crate) fn around(self, router: Router) -> Result<Router, Error> {
        self.0.into_iter().try_fold(router, |router, layer| layer(router))
    }
}

impl fmt::Debug for Layers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} layers", self.0.len())
    }
}
