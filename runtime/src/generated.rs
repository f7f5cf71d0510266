//! What generated code uses. It is not for applications, and may change with each minor version.

pub use axum::response::Response;
pub use futures_util::future::BoxFuture;
pub use http::StatusCode;

pub use crate::docs::Docs;
pub use crate::endpoint::{Authorized, Decoded, Endpoint, Endpoints, Identified, Open};
pub use crate::observe::log::LogLevel;
pub use crate::protocol::Location;
pub use crate::request::{
    Body, ByteLength, Content, Contract, Decoder, Field, FieldStyle, Incoming, Operation, Parameter, Style, Syntax,
    Validation,
};
#[cfg(feature = "multipart")]
pub use crate::request::{FromParts, MultipartForm, PartHeader, PartRules, Parts};
pub use crate::response::{Respond, ResponseSchemas};
pub use crate::routing::{Condition, ManySegments, Mixed, RouteNode, Target};
pub use crate::security::{Challenge, Credentials, Guard, SchemeRequirement, Security};
pub use crate::service::{Description, ServiceOptions};
pub use crate::validation::{Pattern, Schemas, Validate};
pub use crate::values::{FromText, constant};
pub use crate::{__answers as answers, __decode as decode, __guard as guard, __operations as operations};

/// How types are read from JSON, and written to it.
pub mod json {
    pub use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub use crate::json::{
        Constant, Decode, Encode, Failure, Kind, Member, Omitted, OtherMembers, Others, Raw, Reader, Same, Slot, Trial,
        Union, Unknown, Writer, converted, deserialize, exactly_one, first, from_str, listed, most_fitting, serialize,
        string, to_string, union,
    };
    pub use crate::{
        __json_choice as choice, __json_constants as constants, __json_extends as extends, __json_integers as integers,
        __json_newtype as newtype, __json_object as object, __json_strings as strings,
    };
}

/// The checks of values.
pub mod check {
    pub use crate::validation::check::*;
}

/// How parts of a request are read.
pub mod read {
    pub use crate::request::read::*;
}

/// What answers become.
pub mod respond {
    pub use crate::protocol::Accept;
    pub use crate::request::Answer;
    #[cfg(feature = "websocket")]
    pub use crate::response::upgrade;
    pub use crate::response::{
        EventData, Headers, Respond, empty, events, in_range, json, json_as, lines, media, status, stream, text,
        with_headers,
    };
}

/// Macros that say which feature included code lacks: it would not compile without, and say something else.
macro_rules! features {
    ($($needs:ident: $feature:literal,)*) => {
        $(#[cfg(feature = $feature)]
        #[doc(hidden)]
        #[macro_export]
        macro_rules! $needs {
            () => {};
        }
        #[cfg(not(feature = $feature))]
        #[doc(hidden)]
        #[macro_export]
        macro_rules! $needs {
            () => {
                compile_error!(concat!(
                    "the document needs the feature `", $feature, "` of buildflow-runtime: enable it in Cargo.toml"
                ));
            };
        })*
    };
}

features! {
    __needs_chrono: "chrono",
    __needs_compression: "compression",
    __needs_decompression: "decompression",
    __needs_multipart: "multipart",
    __needs_rate_limit: "rate-limit",
    __needs_session: "session",
    __needs_tls: "tls",
    __needs_websocket: "websocket",
}
