//! How generated code calls handlers and answers requests. A generated file lists what an operation has;
//! what becomes of that stands here.

/// Decodes a request, calls the handler's method, and answers: the end of a generated endpoint. The parts
/// are decoded in their order, all of them, and then the request is refused if one of them was not valid.
///
/// ```ignore
/// generated::call!(decoder, handler, Handler::get_pet, GetPetRequest { id: decoder.required(&ID, read::text, |_| true) })
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __call {
    ($decoder:ident, $handler:ident, $twin:ident::$method:ident, $request:ident {}) => {{
        let (context, answer) = $decoder.finish()?;
        answer.of($twin::$method(&*$handler, $request { context }).await)
    }};
    ($decoder:ident, $handler:ident, $twin:ident::$method:ident, $request:ident { $($part:ident: $decode:expr),+ $(,)? }) => {{
        let parts = ($($decode,)+);
        // A part may have any name, also that of what is used below.
        let (decoder, handler) = ($decoder, $handler);
        let ($(Some($part),)+) = parts else { return Err(decoder.reject()) };
        let (context, answer) = decoder.finish()?;
        answer.of($twin::$method(&*handler, $request { $($part,)+ context }).await)
    }};
}

/// What the variants of a response enum are as responses. `from` says which variant a bare body is.
///
/// ```ignore
/// generated::answers!(GetPetResponse, _accept {
///     Ok(body) => respond::json(StatusCode::OK, &body),
///     NotFound => respond::empty(StatusCode::NOT_FOUND),
/// } from(body: Pet) => Self::Ok(body));
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __answers {
    (
        $name:ident, $accept:ident { $($variant:ident $(($($part:ident),+))? => $respond:expr),* $(,)? }
        $(from($body:ident: $ty:ty) => $made:expr)?
    ) => {
        impl $crate::generated::Respond for $name {
            fn respond(self, $accept: &$crate::generated::respond::Accept) -> $crate::generated::Response {
                match self {
                    $(Self::$variant $(($($part),+))? => $respond,)*
                }
            }
        }

        $(impl From<$ty> for $name {
            fn from($body: $ty) -> Self {
                $made
            }
        })?
    };
}

/// The object-safe twin of a service's trait, so that dispatching is compiled once, with the generated
/// crate; what makes it of a handler; and the endpoints by their number.
///
/// ```ignore
/// generated::handlers!(Handler for Pets, in endpoints {
///     get_pet(GetPetRequest) -> GetPetResponse,
/// });
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __handlers {
    (
        $twin:ident $(+ $($guard:ident)::+)? for $handler:ident, in $endpoints:ident
        { $($method:ident($request:ty) -> $response:ty),* $(,)? }
    ) => {
        /// The same trait as an object.
        pub(super) trait $twin: Send + Sync $(+ $($guard)::+)? {
            $(fn $method(
                &self,
                request: $request,
            ) -> $crate::generated::BoxFuture<'_, Result<$response, $crate::HttpError>>;)*
        }

        /// A handler as an object.
        struct Adapter<H>(H);

        impl<H: $handler> $twin for Adapter<H> {
            $(fn $method(
                &self,
                request: $request,
            ) -> $crate::generated::BoxFuture<'_, Result<$response, $crate::HttpError>> {
                Box::pin($handler::$method(&self.0, request))
            })*
        }

        /// The endpoints, by their number.
        static ENDPOINTS: &[$crate::generated::Endpoint<dyn $twin>] =
            &[$(|handler, incoming| Box::pin($endpoints::$method(handler, incoming))),*];
    };
}
