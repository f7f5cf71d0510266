//! The options of `session`.

use super::options::{Options, all, items};
use super::text;
use crate::diagnostic::Diagnostic;
use crate::ir::{Lifetime, Middleware, SameSite, Secret, Session};
use crate::read::{Node, Value};

/// What a shorter key would be refused for when the service starts.
const SHORTEST_KEY: usize = 32;

pub(super) fn read(options: &mut Options<'_, '_>) -> Option<Middleware> {
    let same_sites = [("lax", SameSite::Lax), ("strict", SameSite::Strict), ("none", SameSite::None)];
    let cookie = options.text("session_cookie", text::COOKIE_NAME);
    let max_age = lifetime(options);
    let path = options.text("path", text::COOKIE_PATH);
    let domain = options.text("domain", text::DOMAIN);
    let same_site = options.word("same_site", &same_sites);
    let https_only = options.flag("https_only");
    if same_site == Some(SameSite::None) && https_only != Some(true) {
        options.wrong("same_site", "`lax` or `strict`, unless `https_only` is `true`: browsers drop other cookies");
    }
    let secret_keys = options.required("secret_key", secrets)?;
    Some(Middleware::Session(Session { secret_keys, cookie, max_age, path, domain, same_site, https_only }))
}

fn lifetime(options: &mut Options<'_, '_>) -> Option<Lifetime> {
    match options.take("max_age") {
        Some(Node { value: Value::Null, .. }) => Some(Lifetime::Browser),
        _ => options.count("max_age", 1, u64::from(u32::MAX)).map(Lifetime::Seconds),
    }
}

/// One secret, or a list of them.
fn secrets(options: &mut Options<'_, '_>, option: &'static str) -> Option<Vec<Secret>> {
    let node = options.take(option)?;
    if items(node).is_empty() {
        options.wrong(option, "a list of one or more");
        return None;
    }
    all(items(node).iter().map(|item| secret(options, option, item)))
}

/// `{ env: NAME }`, `{ file: path }`, or the secret itself.
fn secret(options: &mut Options<'_, '_>, option: &'static str, node: &Node) -> Option<Secret> {
    if let Some(literal) = node.as_str() {
        let message = "the document contains a secret: everybody who can read it can sign sessions";
        options.diagnostics.push(
            Diagnostic::warning("secret-in-document", node.span, message)
                .help("name an environment variable or a file: `{ env: SESSION_SECRET }`, `{ file: path }`"),
        );
        if literal.len() < SHORTEST_KEY {
            options.wrong_at(node.span, option, &format!("of {SHORTEST_KEY} bytes or more"));
            return None;
        }
        return Some(Secret::Literal(literal.to_owned()));
    }
    let only = node.as_map().filter(|map| map.len() == 1).and_then(|map| map.first());
    let place = only.and_then(|(name, member)| Some((name.as_str(), member.node.as_str()?)));
    match place {
        Some(("env", name)) if is_variable(name) => Some(Secret::Env(name.to_owned())),
        Some(("file", path)) if !path.is_empty() && !path.contains('\0') => Some(Secret::File(path.to_owned())),
        _ => {
            options.wrong_at(node.span, option, "`{ env: NAME }`, `{ file: path }`, or a list of these");
            None
        }
    }
}

/// The name of an environment variable (POSIX.1-2017 §8.1, with small letters).
fn is_variable(name: &str) -> bool {
    let starts = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    starts && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
