//! Ray Serve: an application for each service, whose replicas start the compiled server and forward requests to it.
//!
//! Ray has every option itself: the names of BuildFlow's are its own.

use askama::Template;

use super::image::Image;
use super::plan::Service;
use super::text::Networks;
use super::text_of;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::render::Files;

/// What a replica runs in Python; the same for every service.
const APPLICATION: &str = include_str!("../../templates/deploy/ray/buildflow_application.py");

/// How often replicas tell Ray what they have to do, in seconds: its default.
const METRICS_INTERVAL: f64 = 10.0;

/// Ray Serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ray {
    /// Where the program is, on every node or in the image.
    pub program: String,
    /// The image that replicas run in, which has Ray as well; `None` where nodes have the program.
    pub image: Option<Image>,
    /// The proxies that are believed.
    pub proxies: Networks,
}

#[derive(Template)]
#[template(path = "deploy/ray/serve_config.yaml.askama", escape = "quotes")]
struct ServeConfig<'d> {
    services: &'d [Service],
    ray: &'d Ray,
}

impl Ray {
    /// Tells what the application in Python cannot do, and what Ray takes for a mistake.
    pub(super) fn check(&self, service: &Service, told: &mut Diagnostics) {
        let period = &service.look_back_period;
        if period.value <= METRICS_INTERVAL {
            told.push(
                period.refused(format!("is not more than {METRICS_INTERVAL}: Ray counts so many seconds together")),
            );
        }
        let variables = service.secrets.variables.iter().map(|name| format!("`{name}`"));
        let files = service.secrets.files.iter().map(|path| format!("the file `{path}`"));
        let secrets: Vec<String> = variables.chain(files).collect();
        if !secrets.is_empty() {
            let message = format!("replicas of Ray Serve need {}, and Ray has no secrets", secrets.join(", "));
            let help = "give every node what is missing before it joins: replicas have the environment of their node";
            told.push(Diagnostic::warning("missing-secret", service.secrets.place, message).help(help));
        }
        if let Some(place) = service.socket {
            let message = "a WebSocket is not forwarded to replicas of Ray Serve";
            told.push(Diagnostic::error("undeployable-option", place, message));
        }
    }

    /// The files for services that have passed the check.
    pub(super) fn files(&self, services: &[Service]) -> askama::Result<Files> {
        Ok(Files::from([
            ("buildflow_application.py".to_owned(), APPLICATION.to_owned()),
            ("serve_config.yaml".to_owned(), text_of(ServeConfig { services, ray: self })?),
        ]))
    }
}
