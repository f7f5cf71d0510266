//! How generated code decodes requests and answers them. A generated file lists what an operation has; what becomes of
//! that stands here.

/// Defines how a request is decoded: the parts in their order, all of them, and then it is refused if one of them was
/// not valid.
///
/// ```ignore
/// generated::decode!(get_pet(decoder) -> GetPetRequest {
///     id: decoder.required(&ID, read::text, check::any),
/// });
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __decode {
    ($name:ident($decoder:ident) -> $request:ident {}) => {
        pub(super) fn $name($decoder: &mut $crate::generated::Decoder) -> $crate::generated::Decoded<$request> {
            let (context, answer) = $decoder.finish()?;
            Ok(($request { context }, answer))
        }
    };
    ($name:ident($decoder:ident) -> $request:ident { $($part:ident: $decode:expr),+ $(,)? }) => {
        pub(super) fn $name($decoder: &mut $crate::generated::Decoder) -> $crate::generated::Decoded<$request> {
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

/// Defines what passes credentials on to the handler's methods that check them.
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
        /// Has the handler check credentials.
        struct SchemeGuard;

        impl<H: $handler> $crate::generated::Guard<H> for SchemeGuard {
            type Principal = H::Principal;

            fn check<'a>(
                &self,
                handler: &'a H,
                scheme: usize,
                credentials: $crate::generated::Credentials,
                scopes: &'static [&'static str],
                context: &'a $crate::RequestContext,
            ) -> $crate::generated::BoxFuture<'a, Result<H::Principal, $crate::HttpError>> {
                match (scheme, credentials) {
                    $(($number, $crate::generated::Credentials::$kind(credentials)) => {
                        Box::pin($handler::$method(handler, credentials, scopes, context))
                    })+
                    _ => Box::pin(async { Err($crate::HttpError::unauthorized()) }),
                }
            }

            $(fn combine<'a>(
                &self,
                handler: &'a H,
                first: H::Principal,
                second: H::Principal,
            ) -> $crate::generated::BoxFuture<'a, Result<H::Principal, $crate::HttpError>> {
                Box::pin($handler::$combine(handler, first, second))
            })?
        }
    };
}
