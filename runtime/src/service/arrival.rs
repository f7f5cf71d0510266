//! A request on its way to its endpoint.

use axum::extract::Request;

use crate::observe::RequestInfo;

/// A request on its way to its endpoint, with what is known of it. Both stay in one place until that is found: they are
/// large, and each function that they are passed to by value copies them.
pub(crate) struct Arrival {
    request: Option<Request>,
    pub info: Option<RequestInfo>,
}

impl Arrival {
    /// A request that has come in.
    #[inline]
    pub(crate) fn new(request: Request, info: Option<RequestInfo>) -> Self {
        Self { request: Some(request), info }
    }

    /// A request that has come through layers.
    pub(crate) fn through_layers(mut request: Request) -> Self {
        let info = RequestInfo::take_from(&mut request);
        Self::new(request, info)
    }

    /// The request; `None` once it was taken.
    #[inline]
    pub(crate) fn request(&self) -> Option<&Request> {
        self.request.as_ref()
    }

    /// Takes the request to where it stays; an empty one where it was taken before.
    #[inline]
    pub(crate) fn take_request(&mut self) -> Request {
        self.request.take().unwrap_or_default()
    }

    /// Takes it all, to go on later.
    pub(crate) fn take(&mut self) -> Self {
        Self { request: self.request.take(), info: self.info.take() }
    }

    /// Takes the request for layers: what is known of it is an extension.
    pub(crate) fn take_for_layers(&mut self) -> Request {
        let mut request = self.take_request();
        if let Some(info) = self.info.take() {
            info.insert_into(&mut request);
        }
        request
    }
}
