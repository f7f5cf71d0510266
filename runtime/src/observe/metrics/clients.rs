//! Who calls, as far as a metric may tell clients apart.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderMap;
use http::header::USER_AGENT;

/// How many clients are told apart: each has a line in metrics.
const MOST: usize = 100;

/// The longest name.
const LONGEST: usize = 40;

/// Clients that were seen.
#[derive(Default)]
pub(super) struct KnownClients(Mutex<HashSet<Arc<str>>>);

impl KnownClients {
    /// The product that `User-Agent` begins with, without its version (RFC 9110 §10.1.5); `other` for those that come too
    /// late to be told apart, `unknown` where a client does not say.
    pub(super) fn name(&self, headers: &HeaderMap) -> Arc<str> {
        let said = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let name = said.split(['/', ' ', '(']).next().unwrap_or_default();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if name.is_empty() || name.len() > LONGEST || !name.bytes().all(is_plain) {
            return "unknown".into();
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = known.get(name) {
            return Arc::clone(name);
        }
        if known.len() >= MOST {
            return "other".into();
        }
        let name: Arc<str> = name.into();
        known.insert(Arc::clone(&name));
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_told_apart_by_their_products_and_not_without_end() {
        let known = KnownClients::default();
        let name = |agent: &str| {
            let value = agent.parse().expect("a value");
            known.name(&HeaderMap::from_iter([(USER_AGENT, value)])).to_string()
        };
        assert_eq!(
            (name("curl/8.5.0"), name("Mozilla/5.0 (X11)"), name("shop")),
            ("curl".into(), "Mozilla".into(), "shop".into())
        );
        assert_eq!(
            (name(""), name("{}=\"x\""), name(&"a".repeat(41))),
            ("unknown".into(), "unknown".into(), "unknown".into())
        );
        (0..MOST).for_each(|number| drop(name(&format!("client-{number}"))));
        assert_eq!((name("late"), name("curl/9")), ("other".into(), "curl".into()));
    }
}
