//! What generated code uses. Applications need none of it.

mod answer;
pub mod check;
pub mod json;
mod macros;
pub mod respond;

pub use axum::response::Response;
pub use http::StatusCode;

pub use answer::{Answering, Decoded, answer};
pub use check::Validate;
pub use respond::Respond;

pub use crate::checked::Answers;
pub use crate::decode::{
    Body, Content, Contract, Decoder, Field, FieldStyle, Incoming, Parameter, Style, Syntax, Validation, read,
};
#[cfg(feature = "multipart")]
pub use crate::decode::{FromParts, Parts};
pub use crate::docs::Docs;
#[cfg(feature = "hooks")]
pub use crate::hook::Pending;
pub use crate::options::{LogLevel, ServiceOptions};
pub use crate::pattern::Pattern;
pub use crate::problem::Location;
pub use crate::routing::{Condition, Mixed, Node, Target};
pub use crate::schemas::Schemas;
pub use crate::security::{
    Admitted, Asked, Caller, Challenge, Credentials, Guard, Presented, Security, authorize, identify,
};
pub use crate::service::{Answered, BoxFuture, Description, Dispatch, Endpoint, Operation};
pub use crate::text::{FromText, constant};
pub use crate::{
    __answers as answers, __called as called, __decode as decode, __endpoints as endpoints, __guard as guard,
    __handlers as handlers,
};
