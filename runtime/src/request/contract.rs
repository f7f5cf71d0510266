//! What an endpoint expects of a request beside its parameters, and waiting for that.
//!
//! Waiting is here, and decoding elsewhere: what is generated for an endpoint need not be async then, which is less
//! to compile.

use bytes::Bytes;

use super::Decoder;
#[cfg(feature = "websocket")]
use super::Limits;
use super::body::Body;
#[cfg(feature = "multipart")]
use super::multipart::{MultipartForm, Sent};
use crate::protocol::HttpError;
use crate::response::ByteStream;
use crate::validation::Schemas;
#[cfg(feature = "websocket")]
use crate::websocket::Handshake;

/// What an endpoint expects of a request.
pub struct Contract {
    pub(super) schemas: &'static Schemas,
    /// The media types of its answers; none where every client takes one of them.
    offered: &'static [&'static str],
    payload: Payload,
}

/// What is waited for.
#[derive(Debug)]
enum Payload {
    Nothing,
    /// One of these bodies.
    Body {
        bodies: &'static [Body],
        is_required: bool,
    },
    #[cfg(feature = "websocket")]
    Handshake,
}

/// How a body is read before it is decoded.
#[derive(Debug, Clone, Copy)]
pub enum Content {
    /// Into memory.
    Whole,
    /// As a form with parts.
    #[cfg(feature = "multipart")]
    Parts(MultipartForm),
    /// Not at all: that is the handler's.
    Stream,
}

/// What has come in. What is large, and rare, is behind a pointer.
#[derive(Debug, Default)]
pub(super) enum Loaded {
    /// Nothing that anybody waited for.
    #[default]
    Nothing,
    Whole(Bytes),
    #[cfg(feature = "multipart")]
    Parts(Box<Sent>),
    Stream(Box<ByteStream>),
    #[cfg(feature = "websocket")]
    Handshake(Box<Handshake>),
}

impl Contract {
    /// Of an endpoint that takes no body.
    pub const fn new(schemas: &'static Schemas) -> Self {
        Self { schemas, offered: &[], payload: Payload::Nothing }
    }

    /// Clients must take one of these media types.
    #[must_use]
    pub const fn offers(mut self, media_types: &'static [&'static str]) -> Self {
        self.offered = media_types;
        self
    }

    /// There must be one of these bodies.
    #[must_use]
    pub const fn body(mut self, bodies: &'static [Body]) -> Self {
        self.payload = Payload::Body { bodies, is_required: true };
        self
    }

    /// There may be one of these bodies.
    #[must_use]
    pub const fn optional_body(mut self, bodies: &'static [Body]) -> Self {
        self.payload = Payload::Body { bodies, is_required: false };
        self
    }

    /// The request opens a WebSocket.
    #[cfg(feature = "websocket")]
    #[must_use]
    pub const fn handshake(mut self) -> Self {
        self.payload = Payload::Handshake;
        self
    }
}

impl Contract {
    pub(super) fn offered(&self) -> &'static [&'static str] {
        self.offered
    }

    pub(super) fn bodies(&self) -> &'static [Body] {
        match self.payload {
            Payload::Body { bodies, .. } => bodies,
            _ => &[],
        }
    }
}

impl Decoder {
    /// Whether that is all right where the endpoint expects nothing to wait for; `None` where it does.
    #[inline]
    pub fn load_at_once(&self) -> Option<Result<(), HttpError>> {
        matches!(self.contract.payload, Payload::Nothing).then(|| self.check_offer())
    }

    /// Waits for what the endpoint expects. What is rare is behind a pointer: there is no place for it in every request.
    ///
    /// # Errors
    ///
    /// The refusal of a request that need not be decoded: the client takes none of the answers, the body is of a type
    /// that is not read, too long, or not there in time.
    pub async fn load(&mut self) -> Result<(), HttpError> {
        self.check_offer()?;
        let (bodies, is_required) = match self.contract.payload {
            Payload::Nothing => return Ok(()),
            Payload::Body { bodies, is_required } => (bodies, is_required),
            #[cfg(feature = "websocket")]
            Payload::Handshake => {
                self.loaded = Loaded::Handshake(Box::new(Box::pin(self.shake_hands()).await?));
                return Ok(());
            }
        };
        let is_there = match self.is_body_announced() {
            _ if is_required => true,
            Some(announced) => announced,
            None => Box::pin(self.is_body_coming()).await?,
        };
        if !is_there {
            return Ok(());
        }
        self.chosen = Some(if bodies.len() > 1 { self.choose(bodies)? } else { 0 });
        let Some(body) = self.body() else { return Ok(()) };
        self.loaded = match body.content {
            Content::Whole => Loaded::Whole(self.read(body).await?),
            Content::Stream => Loaded::Stream(Box::new(self.unread(body)?)),
            #[cfg(feature = "multipart")]
            Content::Parts(form) => Loaded::Parts(Box::new(Box::pin(self.read_parts(body, form)).await?)),
        };
        Ok(())
    }

    #[cfg(feature = "websocket")]
    async fn shake_hands(&mut self) -> Result<Handshake, HttpError> {
        let &Limits { body: limit, sockets, .. } = self.incoming.limits;
        let errors = self.incoming.context.errors();
        match self.incoming.context.parts_mut() {
            Some(parts) => Handshake::from_parts(parts, limit, (sockets, errors)).await,
            None => Err(HttpError::internal()),
        }
    }

    /// The handshake, for an endpoint that opens a WebSocket.
    #[cfg(feature = "websocket")]
    pub fn websocket(&mut self) -> Option<Handshake> {
        match std::mem::take(&mut self.loaded) {
            Loaded::Handshake(handshake) => Some(*handshake),
            _ => None,
        }
    }
}
