//! A key set that is fetched, kept, and fetched again: when it is old, and when a token names a key that it
//! does not have.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http::Uri;
use jsonwebtoken::{DecodingKey, Header};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Refusal;
use super::keys::{KeyError, KeySet};
use crate::protocol::BoxError;
use futures_util::future::BoxFuture;

/// How long keys are used that cannot be fetched again.
const LONGEST_USE: Duration = Duration::from_secs(24 * 3600);

/// The largest set: ten keys with their certificates have a tenth of it.
const LARGEST_SET: u64 = 1024 * 1024;

type Fetch = Box<dyn Fn() -> BoxFuture<'static, Result<String, BoxError>> + Send + Sync>;

/// A key set that is fetched.
pub(super) struct Remote {
    fetch: Fetch,
    pub refresh_after: Duration,
    pub retry_after: Duration,
    kept: RwLock<Option<Kept>>,
    /// When it was last tried. Whoever holds it fetches, and nobody else.
    tried: Mutex<Option<Instant>>,
}

#[derive(Clone)]
struct Kept {
    keys: Arc<KeySet>,
    fetched: Instant,
}

impl Remote {
    pub(super) fn new(fetch: Fetch) -> Self {
        let (refresh_after, retry_after) = (Duration::from_secs(600), Duration::from_secs(30));
        Self { fetch, refresh_after, retry_after, kept: RwLock::new(None), tried: Mutex::new(None) }
    }

    /// The key of a token.
    pub(super) async fn find(&self, header: &Header) -> Result<DecodingKey, Refusal> {
        let known = self.kept();
        let is_old = known.as_ref().is_none_or(|kept| kept.fetched.elapsed() >= self.refresh_after);
        let found = known.as_ref().and_then(|kept| kept.keys.find(header));
        if let Some(key) = found.filter(|_| !is_old) {
            return Ok(key);
        }
        self.refresh(known.map(|kept| kept.fetched)).await;
        let kept = self.kept().filter(|kept| kept.fetched.elapsed() < LONGEST_USE).ok_or(Refusal::NoKeys)?;
        kept.keys.find(header).ok_or(Refusal::Token("no key has its name, or fits it"))
    }

    fn kept(&self) -> Option<Kept> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fetches the set, unless somebody has since `seen`, or has just tried.
    async fn refresh(&self, seen: Option<Instant>) {
        let mut tried = self.tried.lock().await;
        let is_newer = self.kept().map(|kept| kept.fetched) > seen;
        if is_newer || tried.is_some_and(|tried| tried.elapsed() < self.retry_after) {
            return;
        }
        *tried = Some(Instant::now());
        match self.fetched().await {
            Ok(keys) => {
                let kept = Kept { keys: Arc::new(keys), fetched: Instant::now() };
                *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Some(kept);
            }
            Err(error) => tracing::warn!(%error, "the keys of tokens cannot be fetched"),
        }
    }

    async fn fetched(&self) -> Result<KeySet, BoxError> {
        let json = (self.fetch)().await?;
        if json.len() as u64 > LARGEST_SET {
            return Err("the key set is too large".into());
        }
        Ok(KeySet::parse(&json)?)
    }
}

/// Reads a file that may not be larger than a key set.
pub(super) fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(LARGEST_SET + 1).read_to_string(&mut text)?;
    Ok(text)
}

/// Whether nobody on the way can put other keys in the place of those of the URL.
pub(super) fn is_safe(url: &str) -> bool {
    let Ok(url) = url.parse::<Uri>() else { return false };
    match (url.scheme_str(), url.host()) {
        (Some("https"), Some(_)) => true,
        (Some("http"), Some(host)) => ["localhost", "127.0.0.1", "[::1]"].contains(&host),
        _ => false,
    }
}

/// Fetches a key set. Redirects are not followed: they could lead to where nobody should be asked.
pub(super) fn get(url: &str) -> Result<String, KeyError> {
    let told = |error: ureq::Error| KeyError(format!("cannot fetch `{url}`: {error}"));
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(10))).max_redirects(0).build().into();
    let mut response = agent.get(url).call().map_err(told)?;
    response.body_mut().with_config().limit(LARGEST_SET).read_to_string().map_err(told)
}
