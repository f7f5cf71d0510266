//! What the options of a service make of the flow's limits.

use super::{Options, Setting, Source};
use crate::request::{FormLimits, Limits};

impl Limits {
    /// What a service's own options make of these. They stay for good: they are made once for each service that starts, and
    /// each request refers to them.
    pub(crate) fn of_service(self, options: &Options) -> &'static Self {
        let said = |bytes: &Setting<u64>, unsaid: usize| match bytes.source {
            Source::Default => unsaid,
            _ => usize::try_from(bytes.value).unwrap_or(usize::MAX),
        };
        Box::leak(Box::new(Self {
            body: said(&options.body_limit, self.body),
            upload: said(&options.upload_limit, self.upload),
            form: FormLimits {
                parts: usize::try_from(options.part_limit.value).unwrap_or(usize::MAX),
                field: said(&options.field_limit, self.form.field),
            },
            #[cfg(feature = "websocket")]
            sockets: crate::websocket::OpenSockets::at_most(options.max_websockets.value),
            ..self
        }))
    }
}
