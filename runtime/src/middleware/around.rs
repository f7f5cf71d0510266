//! What most middleware is made of: a look at the request, and one at the answer.

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use pin_project_lite::pin_project;
use tower::Service;

/// A middleware that waits for nothing itself.
pub trait AroundMiddleware {
    /// What it keeps of the request until there is an answer.
    type Kept;

    /// Looks at the request. An answer given here is the end of it: nothing inside is asked.
    fn before(&self, request: &mut Request) -> ControlFlow<Response, Self::Kept>;

    /// Looks at the answer that came from inside.
    fn after(&self, kept: Self::Kept, response: &mut Response);
}

/// A service with a middleware around it.
#[derive(Debug, Clone)]
pub struct AroundService<A, S> {
    around: A,
    inside: S,
}

impl<A, S> AroundService<A, S> {
    pub(super) fn new(around: A, inside: S) -> Self {
        Self { around, inside }
    }
}

impl<A, S> Service<Request> for AroundService<A, S>
where
    A: AroundMiddleware + Clone,
    S: Service<Request, Response: IntoResponse>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = AroundFuture<A, S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inside.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        match self.around.before(&mut request) {
            ControlFlow::Break(response) => AroundFuture::Answered { response: Some(response) },
            ControlFlow::Continue(kept) => {
                AroundFuture::Asked { inside: self.inside.call(request), around: Some((self.around.clone(), kept)) }
            }
        }
    }
}

pin_project! {
    /// The answer of a [`AroundService`] service.
    #[project = Projected]
    pub enum AroundFuture<A: AroundMiddleware, F> {
        Answered { response: Option<Response> },
        Asked {
            #[pin]
            inside: F,
            around: Option<(A, A::Kept)>,
        },
    }
}

impl<A, F, R, E> Future for AroundFuture<A, F>
where
    A: AroundMiddleware,
    F: Future<Output = Result<R, E>>,
    R: IntoResponse,
{
    type Output = Result<Response, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            // A future is not asked again after its answer.
            Projected::Answered { response } => Poll::Ready(Ok(response.take().unwrap_or_default())),
            Projected::Asked { inside, around } => {
                let mut response = ready!(inside.poll(context))?.into_response();
                if let Some((around, kept)) = around.take() {
                    around.after(kept, &mut response);
                }
                Poll::Ready(Ok(response))
            }
        }
    }
}

/// Makes middleware that is an [`AroundMiddleware`] a tower layer.
macro_rules! layers {
    ($($name:ident),*) => {
        $(impl<S> tower::Layer<S> for $name {
            type Service = $crate::middleware::around::AroundService<Self, S>;

            fn layer(&self, inside: S) -> Self::Service {
                $crate::middleware::around::AroundService::new(self.clone(), inside)
            }
        })*
    };
}

pub(super) use layers;
