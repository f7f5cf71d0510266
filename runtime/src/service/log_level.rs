//! The log level of a service, as a layer.

use axum::extract::Request;
use axum::middleware::{Next, from_fn};

use super::EntryPoint;
use super::options::{Setting, Source};
use crate::observe::log::{LogLevel, ServiceLevel, leveled};

/// Gives a service its level, if one was said.
pub(super) fn layer(front: EntryPoint, service_id: &str, level: &Setting<LogLevel>) -> EntryPoint {
    if level.source == Source::Default {
        return front;
    }
    let level = ServiceLevel::register(service_id, level.value);
    EntryPoint::Router(front.into_router().layer(from_fn(move |request: Request, next: Next| {
        let level = level.clone();
        async move {
            let mut response = leveled(Some(level.clone()), next.run(request)).await;
            response.extensions_mut().insert(level);
            response
        }
    })))
}
