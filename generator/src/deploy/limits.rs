//! What engines make of options that are possible in a process.

use std::path::Path;

use super::plan::{Service, Setting};
use super::text::{LABEL, is_label};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// An hour, in seconds: the longest that Knative and Kubernetes wait.
const HOUR: f64 = 3600.0;

/// Folders of containers that are for others; Knative refuses mounts in some of them.
const TAKEN: [&str; 6] = ["/etc", "/home", "/temporary", "/tmp", "/var", "/var/log"];

/// Folders in which nothing can be hidden by a mount without harm: the system's programs, libraries and certificates.
const SYSTEM: [&str; 11] =
    ["/bin", "/boot", "/dev", "/etc/ssl", "/lib", "/lib32", "/lib64", "/proc", "/sbin", "/sys", "/usr"];

/// Variables that manifests set themselves, or that programs are started by.
const SET: [&str; 8] = [
    "BUILDFLOW_ADMIN",
    "BUILDFLOW_LOG_FORMAT",
    "BUILDFLOW_REPLICAS",
    "BUILDFLOW_TRUSTED_PROXIES",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "PATH",
    "TMPDIR",
];

/// Refuses what no engine does as it is said.
pub(super) fn of_any_engine(service: &Service, told: &mut Diagnostics) {
    let Service { target, max_concurrent_queries, .. } = service;
    if target.value > f64::from(max_concurrent_queries.value) {
        let why = format!("is more than `max_concurrent_queries`, {}", max_concurrent_queries.value);
        let help = "every replica would have to be full, and requests wait, before another one is started";
        told.push(target.refused(why).related(max_concurrent_queries.place, "of this service").help(help));
    }
    if let Some(place) = service.certificate {
        let message = "clients' certificates end at an engine's proxies: replicas get requests without TLS";
        told.push(Diagnostic::error("undeployable-option", place, message));
    }
}

/// Refuses what objects of a cluster cannot be called, route or reserve.
pub(super) fn of_clusters(service: &Service, told: &mut Diagnostics) {
    let Service { id, base_route, num_cpus, secrets, .. } = service;
    if id.is_said && !is_label(&id.value) {
        told.push(id.refused(format!("is no name of a cluster's service: {LABEL} (RFC 1035)")));
    }
    if base_route.value.split('/').any(|segment| matches!(segment, "." | "..")) {
        told.push(base_route.refused("has `.` or `..` between slashes: an HTTPRoute takes no such path"));
    }
    if !is_whole(num_cpus.value * 1000.0) {
        told.push(num_cpus.refused("is no number of thousandths: clusters count no less of a CPU"));
    }
    for path in secrets.files.iter().filter(|path| !is_mountable(path)) {
        let message = format!("the secret `{path}` is not in a folder of its own that can be mounted");
        let help = "give it an absolute path such as `/run/secrets/pets/key`";
        told.push(Diagnostic::error("undeployable-option", secrets.place, message).help(help));
    }
    let mut folders = secrets.folders();
    folders.retain(|folder, names| names.iter().all(|name| is_mountable(&format!("{folder}/{name}"))));
    for (folder, names) in &folders {
        let mut others = folders.keys().filter(|other| *other != folder);
        let message = match others.find(|other| Path::new(folder).starts_with(other)) {
            Some(outer) => {
                format!("secrets in `{folder}` cannot be mounted: there are some in `{outer}`, which holds it")
            }
            None => match folders
                .iter()
                .find(|(other, theirs)| *other < folder && names.iter().any(|name| theirs.contains(name)))
            {
                Some((other, _)) => format!("secrets in `{folder}` and `{other}` have one name, and would be one key"),
                None => continue,
            },
        };
        told.push(Diagnostic::error("undeployable-option", secrets.place, message).help("give them one folder"));
    }
    let is_set = |name: &str| SET.contains(&name) || service.environment().iter().any(|variable| variable.name == name);
    for name in secrets.variables.iter().filter(|name| is_set(name)) {
        let message = format!("the secret `{name}` is a variable that the manifest sets, or that starts programs");
        let help = "name it after what it is, such as `SESSION_SECRET`";
        told.push(Diagnostic::error("undeployable-option", secrets.place, message).help(help));
    }
    for name in secrets.names().filter(|name| !is_key(name)) {
        let message = format!("the secret `{name}` has a name that is no key of a cluster's secret");
        let help = "name it with letters, digits, `-`, `_` and `.`";
        told.push(Diagnostic::error("undeployable-option", secrets.place, message).help(help));
    }
}

/// Refuses times that are not whole seconds, or not within an hour.
pub(super) fn of_time(seconds: &Setting<f64>, least: f64, told: &mut Diagnostics) {
    if !is_whole(seconds.value) {
        told.push(seconds.refused("is no whole number of seconds"));
    }
    if seconds.value > HOUR {
        told.push(seconds.refused("is more than an hour, 3600"));
    }
    if seconds.value < least {
        told.push(seconds.refused(format!("is less than {least} seconds")));
    }
}

/// Refuses WebSockets where HTTP/2 without TLS is all there is.
pub(super) fn of_http2(service: &Service, told: &mut Diagnostics) {
    if let Some(place) = service.socket {
        let message = "a WebSocket is opened by HTTP/1.1, and replicas get HTTP/2";
        told.push(Diagnostic::error("undeployable-option", place, message).help("leave out `--http2`"));
    }
}

/// Whether a number has no fraction, but for what floats make of `0.1 * 1000`.
pub(super) fn is_whole(number: f64) -> bool {
    (number - number.round()).abs() < 1e-9 && number.round() >= 1.0 || number == 0.0
}

/// Whether a file's folder can be mounted: an absolute path, of which nothing else is in a container.
fn is_mountable(path: &str) -> bool {
    let Some((folder, name)) = path.rsplit_once('/') else { return false };
    let plain = |segment: &str| !matches!(segment, "" | "." | "..") && !segment.contains(':');
    let is_absolute = folder.strip_prefix('/').is_some_and(|segments| segments.split('/').all(plain));
    let is_of_system = SYSTEM.iter().any(|system| Path::new(folder).starts_with(system));
    is_absolute && !name.is_empty() && !TAKEN.contains(&folder) && !is_of_system
}

/// What a key of a `Secret` may be called.
fn is_key(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=253).contains(&name.len()) && name.bytes().all(plain) && !name.starts_with("..")
}
