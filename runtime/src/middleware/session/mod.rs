//! Sessions: what a service remembers of a client, in a cookie that it has signed.

mod handle;
mod key;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::Request;
use axum::response::Response;
use http::HeaderMap;
use http::header::{COOKIE, HeaderValue, SET_COOKIE, VARY};

pub use handle::{SessionError, SessionHandle};
pub use key::SecretKey;

pub use crate::protocol::SameSite;

use super::around::{AroundMiddleware, layers};
use super::host::is_secure;
use crate::protocol::SetCookie;
use handle::Values;

/// Keeps a session for each client, in a signed cookie: `session`.
///
/// Handlers reach it by [`RequestContext::session`](crate::RequestContext::session). Clients can read what is
/// in it, but not change it: a cookie that is not signed with one of the keys, or is older than
/// [`max_age`](Self::max_age), counts as none. The cookie is sent when the session has changed, which starts
/// its age anew.
#[derive(Debug, Clone)]
pub struct Session(Arc<Settings>);

#[derive(Debug, Clone)]
struct Settings {
    /// The first signs.
    keys: Vec<SecretKey>,
    cookie: String,
    max_age: Option<Duration>,
    path: String,
    domain: Option<String>,
    same_site: SameSite,
    https_only: bool,
}

impl Session {
    /// Signs with this key. The cookie is `session`, holds for 14 days, for all paths of the host that sets it,
    /// and goes along with links from other sites, not with what else they start.
    pub fn new(key: SecretKey) -> Self {
        Self(Arc::new(Settings {
            keys: vec![key],
            cookie: "session".to_owned(),
            max_age: Some(Duration::from_secs(14 * 24 * 60 * 60)),
            path: "/".to_owned(),
            domain: None,
            same_site: SameSite::Lax,
            https_only: false,
        }))
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Takes cookies that this key has signed, too: one that was used before.
    #[must_use]
    pub fn previous_key(self, key: SecretKey) -> Self {
        self.with(|settings| settings.keys.push(key))
    }

    /// The cookie's name.
    #[must_use]
    pub fn cookie(self, name: impl Into<String>) -> Self {
        self.with(|settings| settings.cookie = name.into())
    }

    /// How long the cookie holds after it was set; `None` for as long as the browser is open.
    #[must_use]
    pub fn max_age(self, max_age: Option<Duration>) -> Self {
        self.with(|settings| settings.max_age = max_age)
    }

    /// The paths that it is sent to.
    #[must_use]
    pub fn path(self, path: impl Into<String>) -> Self {
        self.with(|settings| settings.path = path.into())
    }

    /// The domain that it is sent to, with all below; without one, only the host that sets it.
    #[must_use]
    pub fn domain(self, domain: impl Into<String>) -> Self {
        self.with(|settings| settings.domain = Some(domain.into()))
    }

    /// When it goes along with what other sites start.
    #[must_use]
    pub fn same_site(self, same_site: SameSite) -> Self {
        self.with(|settings| settings.same_site = same_site)
    }

    /// Whether it is sent by TLS only; where a request comes by TLS, it always is.
    #[must_use]
    pub fn https_only(self, https_only: bool) -> Self {
        self.with(|settings| settings.https_only = https_only)
    }
}

layers!(Session);

impl AroundMiddleware for Session {
    /// The handler's handle, whether the client has sent a cookie, and whether the request came by TLS.
    type Kept = (SessionHandle, bool, bool);

    fn before(&self, request: &mut Request) -> ControlFlow<Response, Self::Kept> {
        let sent = cookies(request.headers(), &self.0.cookie);
        let had_cookie = !sent.is_empty();
        // Cookies of one name may come from several paths and domains.
        let values = sent.into_iter().find_map(|text| self.0.open(text, now())).unwrap_or_default();
        let handle = SessionHandle::new(values, self.0.room());
        request.extensions_mut().insert(handle.clone());
        ControlFlow::Continue((handle, had_cookie, is_secure(request)))
    }

    fn after(&self, (handle, had_cookie, is_secure): Self::Kept, response: &mut Response) {
        let state = handle.state();
        if state.touched {
            response.headers_mut().append(VARY, HeaderValue::from_static("cookie"));
        }
        let cookie = match (state.changed, state.values.is_empty()) {
            (false, _) => return,
            (true, true) if !had_cookie => return,
            (true, true) => self.0.set_cookie("", Some(Duration::ZERO), is_secure),
            (true, false) => self.0.set_cookie(&self.0.seal(&state.values, now()), self.0.max_age, is_secure),
        };
        match cookie.header_value() {
            Some(cookie) => drop(response.headers_mut().append(SET_COOKIE, cookie)),
            None => tracing::error!("the session's cookie has a name, path or domain that no cookie can have"),
        }
    }
}

impl Settings {
    /// The longest JSON of a session: browsers take cookies of 4096 bytes, name and value (RFC 6265 §6.1).
    fn room(&self) -> usize {
        // The `=`, two dots, a time of up to 11 digits and the signature.
        const OVERHEAD: usize = 1 + 2 + 11 + key::SIGNATURE_LENGTH;
        4096_usize.saturating_sub(self.cookie.len() + OVERHEAD) / 4 * 3
    }

    /// A session as the cookie's value: its JSON, the time, and the signature of both and the cookie's name.
    fn seal(&self, values: &Values, now: u64) -> String {
        let text = format!("{}.{now}", key::encode(&serde_json::to_vec(values).unwrap_or_default()));
        let signature = self.keys.first().map(|key| key.sign(&self.signed(&text)));
        format!("{text}.{}", signature.unwrap_or_default())
    }

    /// What the cookie's value holds; `None` where it is not ours, or too old.
    fn open(&self, value: &str, now: u64) -> Option<Values> {
        let (text, signature) = value.rsplit_once('.')?;
        let signed = self.signed(text);
        if !self.keys.iter().any(|key| key.has_signed(&signed, signature)) {
            return None;
        }
        let (json, time) = text.rsplit_once('.')?;
        let age = Duration::from_secs(now.saturating_sub(time.parse().ok()?));
        if self.max_age.is_some_and(|most| age > most) {
            return None;
        }
        serde_json::from_slice(&key::decode(json)?).ok()
    }

    /// A cookie's value is worth nothing under another name.
    fn signed(&self, text: &str) -> String {
        format!("{}={text}", self.cookie)
    }

    fn set_cookie(&self, value: &str, max_age: Option<Duration>, is_secure: bool) -> SetCookie {
        let mut cookie = SetCookie::new(&self.cookie, value).path(&self.path).http_only().same_site(self.same_site);
        if let Some(max_age) = max_age {
            cookie = cookie.max_age(max_age);
        }
        if let Some(domain) = &self.domain {
            cookie = cookie.domain(domain);
        }
        if self.https_only || is_secure { cookie.secure() } else { cookie }
    }
}

/// The values of all cookies of this name.
fn cookies<'h>(headers: &'h HeaderMap, name: &str) -> Vec<&'h str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(sent, _)| *sent == name).map(|(_, value)| value).collect()
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key(letter: char) -> SecretKey {
        SecretKey::new(letter.to_string().repeat(32)).unwrap()
    }

    fn values() -> Values {
        Values::from_iter([("user".to_owned(), json!(7))])
    }

    #[test]
    fn what_was_sealed_is_opened_until_it_is_too_old() {
        let session = Session::new(key('a')).max_age(Some(Duration::from_secs(60)));
        let sealed = session.0.seal(&values(), 1000);
        assert_eq!(session.0.open(&sealed, 1000), Some(values()));
        assert_eq!(session.0.open(&sealed, 1060), Some(values()));
        assert_eq!(session.0.open(&sealed, 1061), None);
        // A clock that was ahead does no harm.
        assert_eq!(session.0.open(&sealed, 900), Some(values()));
        assert_eq!(session.max_age(None).0.open(&sealed, u64::MAX), Some(values()));
    }

    #[test]
    fn no_byte_of_a_cookie_can_be_changed() {
        let session = Session::new(key('a'));
        let sealed = session.0.seal(&values(), 1000);
        for index in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(session.0.open(&changed, 1000), None, "{index}");
        }
        for broken in ["", ".", "..", "...", "a.b.c", &sealed[1..], &sealed[..sealed.len() - 1]] {
            assert_eq!(session.0.open(broken, 1000), None, "{broken}");
        }
        assert_eq!(session.clone().cookie("other").0.open(&sealed, 1000), None);
    }

    #[test]
    fn a_previous_key_opens_and_the_first_signs() {
        let sealed = Session::new(key('a')).0.seal(&values(), 1000);
        assert_eq!(Session::new(key('b')).0.open(&sealed, 1000), None);
        let rotated = Session::new(key('b')).previous_key(key('a'));
        assert_eq!(rotated.0.open(&sealed, 1000), Some(values()));
        let sealed = rotated.0.seal(&values(), 1000);
        assert_eq!(Session::new(key('b')).0.open(&sealed, 1000), Some(values()));
    }

    #[test]
    fn the_longest_session_fits_into_a_cookie() {
        let session = Session::new(key('a'));
        let empty = serde_json::to_vec(&json!({"k": ""})).unwrap().len();
        let longest = Values::from_iter([("k".to_owned(), json!("x".repeat(session.0.room() - empty)))]);
        let sealed = session.0.seal(&longest, 99_999_999_999);
        assert!((4090..=4096).contains(&("session=".len() + sealed.len())), "{}", sealed.len());
    }
}
