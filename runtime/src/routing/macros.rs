//! How generated code calls handlers and answers requests. A generated file lists what an operation has;
//! what becomes of that stands here.

/// Defines how a request is decoded: the parts in their order, all of them, and then it is refused if one of them was
/// not valid.
///
/// ```ignore
/// generated::decode!(decode(decoder) -> GetPetRequest {
///     id: decoder.required(&ID, read::text, |_| true),
/// });
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __decode {
    ($name:ident($decoder:ident) -> $request:ident {}) => {
        fn $name($decoder: &mut $crate::generated::Decoder) -> $crate::generated::Decoded<$request> {
            let (context, answer) = $decoder.finish()?;
            Ok(($request { context }, answer))
        }
    };
    ($name:ident($decoder:ident) -> $request:ident { $($part:ident: $decode:expr),+ $(,)? }) => {
        fn $name($decoder: &mut $crate::generated::Decoder) -> $crate::generated::Decoded<$request> {
            let parts = ($($decode,)+);
            // A part may have any name, also that of the decoder.
            let decoder = $decoder;
            let ($(Some($part),)+) = parts else { return Err(decoder.reject()) };
            let (context, answer) = decoder.finish()?;
            Ok(($request { $($part,)+ context }, answer))
        }
    };
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
            fn respond(self, $accept: &$crate::generated::respond::Accept<'_>) -> $crate::generated::Response {
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

/// Calls a method of a handler, and answers with what it says: through the hooks, where there are some.
///
/// ```ignore
/// generated::called!(answer, Handler::get_pet, &*handler, request)
/// ```
#[cfg(not(feature = "hooks"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __called {
    ($answer:ident, $method:path, $caller:expr, $request:ident) => {
        $answer.respond($method($caller, $request).await)
    };
}

/// Calls a method of a handler, and answers with what it returns. No hooks are compiled.
#[cfg(feature = "hooks")]
#[doc(hidden)]
#[macro_export]
macro_rules! __called {
    ($answer:ident, $method:path, $caller:expr, $request:ident) => {
        if $answer.is_hooked() {
            let method =
                |caller, request| -> $crate::generated::BoxFuture<'_, _> { Box::pin($method(caller, request)) };
            $answer.hooked($crate::generated::HandlerCall::new($caller, $request, method)).await
        } else {
            $answer.respond($method($caller, $request).await)
        }
    };
}

/// The operations of a document, by the numbers of their endpoints.
///
/// ```ignore
/// generated::operations!(OPERATIONS {
///     ("GET", "/pets/{id}", Some("getPet"), &["pets"]),
/// });
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __operations {
    ($name:ident { $(($method:expr, $route:expr, $id:expr, $tags:expr)),* $(,)? }) => {
        static $name: &[$crate::generated::Operation] = &[
            $($crate::generated::Operation::new($method, $route, $id, $tags)),*
        ];
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
///
/// A method that gets a principal is no part of the twin, which knows no principals. It belongs to what the
/// twin gives once the credentials are checked: to `AuthorizedHandler`, which has a principal, or
/// `IdentifiedHandler`, which perhaps has one. So no such method can be called before. The numbers follow on
/// their own then, for the order of the endpoints is another.
///
/// ```ignore
/// generated::handlers!(Handler for Pets {
///     get_pet(GetPetRequest) -> GetPetResponse,
/// } HandlerGate {
///     authorize: AuthorizedHandler with H::Principal {
///         create_pet(CreatePetRequest) -> CreatePetResponse,
///     }
/// });
/// generated::endpoints!(Handler, endpoints { create_pet, get_pet });
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __handlers {
    (
        $twin:ident for $handler:ident, in $endpoints:ident
        { $($method:ident($request:ty) -> $response:ty),* $(,)? }
    ) => {
        $crate::generated::handlers!($twin for $handler { $($method($request) -> $response),* });
        $crate::generated::endpoints!($twin, $endpoints { $($method),* });
    };
    (
        $twin:ident for $handler:ident { $($method:ident($request:ty) -> $response:ty),* $(,)? }
        $($gate:ident { $(
            $admit:ident: $caller:ident with $principal:ty { $($asking:ident($asked:ty) -> $answer:ty),* $(,)? }
        )+ })?
    ) => {
        /// The trait, object-safe.
        pub(super) trait $twin: Send + Sync $(+ $gate)? {
            $(fn $method(
                self: $crate::generated::Arc<Self>,
                request: $request,
                answer: $crate::generated::respond::Answer,
            ) -> $crate::generated::Answering;)*
        }

        /// A handler as an object.
        struct Adapter<H>(H);

        impl<H: $handler> $twin for Adapter<H> {
            $(fn $method(
                self: $crate::generated::Arc<Self>,
                request: $request,
                answer: $crate::generated::respond::Answer,
            ) -> $crate::generated::Answering {
                Box::pin(async move { $crate::generated::called!(answer, H::$method, &self.0, request) })
            })*
        }

        $(
            /// Checks credentials, and gives what may be called with them.
            pub(super) trait $gate: Send + Sync {
                $(fn $admit<'h>(
                    &'h self,
                    presented: $crate::generated::PresentedCredentials,
                ) -> $crate::generated::BoxFuture<'h, Result<Box<dyn $caller<'h> + 'h>, $crate::HttpError>>;)+
            }

            impl<H: $handler> $gate for Adapter<H> {
                $(fn $admit<'h>(
                    &'h self,
                    presented: $crate::generated::PresentedCredentials,
                ) -> $crate::generated::BoxFuture<'h, Result<Box<dyn $caller<'h> + 'h>, $crate::HttpError>> {
                    Box::pin(async move {
                        let principal = $crate::generated::$admit(self, presented).await?;
                        let caller: Box<dyn $caller<'h> + 'h> =
                            Box::new($crate::generated::Caller { handler: &self.0, principal });
                        Ok(caller)
                    })
                })+
            }

            $(
                /// The handler for one request, whose credentials are checked.
                pub(super) trait $caller<'h>: $crate::generated::Admitted {
                    $(fn $asking(
                        self: Box<Self>,
                        request: $asked,
                    ) -> $crate::generated::BoxFuture<'h, Result<$answer, $crate::HttpError>>;)*
                }

                impl<'h, H: $handler> $caller<'h> for $crate::generated::Caller<'h, H, $principal> {
                    $(fn $asking(
                        self: Box<Self>,
                        request: $asked,
                    ) -> $crate::generated::BoxFuture<'h, Result<$answer, $crate::HttpError>> {
                        Box::pin($handler::$asking(self.handler, request, self.principal))
                    })*
                }
            )+
        )?
    };
}

/// The endpoints by their number.
///
/// ```ignore
/// generated::endpoints!(Handler, endpoints { get_pet, create_pet });
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __endpoints {
    ($twin:ident, $endpoints:ident { $($method:ident),* $(,)? }) => {
        static ENDPOINTS: &[$crate::generated::Endpoint<dyn $twin>] =
            &[$($endpoints::$method),*];
    };
}

/// Passes credentials on to the handler's methods that check them.
///
/// ```ignore
/// generated::guard!(Pets {
///     0: key_auth(ApiKey),
///     1: token_auth(Bearer),
/// } combine_principals);
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __guard {
    ($handler:ident { $($number:literal: $method:ident($kind:ident)),+ $(,)? } $($combine:ident)?) => {
        impl<H: $handler> $crate::generated::Guard for Adapter<H> {
            type Principal = H::Principal;

            fn check<'a>(
                &'a self,
                scheme: usize,
                credentials: $crate::generated::Credentials,
                scopes: &'static [&'static str],
                context: &'a $crate::RequestContext,
            ) -> $crate::generated::BoxFuture<'a, Result<H::Principal, $crate::HttpError>> {
                match (scheme, credentials) {
                    $(($number, $crate::generated::Credentials::$kind(credentials)) => {
                        Box::pin($handler::$method(&self.0, credentials, scopes, context))
                    })+
                    _ => Box::pin(async { Err($crate::HttpError::unauthorized()) }),
                }
            }

            $(fn combine(
                &self,
                first: H::Principal,
                second: H::Principal,
            ) -> $crate::generated::BoxFuture<'_, Result<H::Principal, $crate::HttpError>> {
                Box::pin($handler::$combine(&self.0, first, second))
            })?
        }
    };
}
