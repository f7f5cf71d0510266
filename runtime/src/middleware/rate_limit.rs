//! How often a client may ask.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, Request};
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock as _, DefaultClock};
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;
use governor::{Quota, RateLimiter};
use http::header::{HeaderName, HeaderValue, RETRY_AFTER};

use super::around::{AroundMiddleware, layers};
use crate::protocol::{Error, HttpError};

/// The most clients that are told apart: some megabytes. Past it, new ones count as one.
const MOST_CLIENTS: usize = 65_536;

/// How often room is made for others, where there is none.
const SWEEP: Duration = Duration::from_secs(1);

/// Who counts as one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RateKey {
    /// An address; of IPv6 the first 64 bits, which is what one subscriber has.
    Address,
    /// What this header says; without it, the address. Clients can invent values, so that it should be one
    /// that something in front has checked.
    Header(HeaderName),
}

/// Refuses those that ask too often, with 429 and `Retry-After`: `rate_limit`.
///
/// Requests are let through at an even rate (the generic cell rate algorithm), after a burst at first. The
/// count is of this process alone.
#[derive(Debug, Clone)]
pub struct RateLimit {
    counted: Arc<Counted>,
    quota: Quota,
    key: RateKey,
}

/// What has been counted.
#[derive(Debug)]
struct Counted {
    limiter: RateLimiter<u64, Clients, DefaultClock>,
    hasher: RandomState,
    /// When those that have waited long enough were last forgotten.
    swept: Mutex<Instant>,
}

impl RateLimit {
    /// So many requests in this time, and at first as many at once, by address.
    ///
    /// # Errors
    ///
    /// There are no requests, or there is no time.
    pub fn new(requests: u32, per: Duration) -> Result<Self, Error> {
        let quota = NonZeroU32::new(requests)
            .and_then(|requests| Some(Quota::with_period(per / requests.get())?.allow_burst(requests)));
        let wrong = || "the requests, and the time for them, should be more than 0".to_owned();
        let quota = quota.ok_or_else(|| Error::Option { name: "rate_limit", reason: wrong() })?;
        Ok(Self::with_quota(quota, RateKey::Address))
    }

    fn with_quota(quota: Quota, key: RateKey) -> Self {
        let limiter = RateLimiter::new(quota, Clients::default(), DefaultClock::default());
        let (hasher, swept) = (RandomState::new(), Mutex::new(Instant::now()));
        Self { counted: Arc::new(Counted { limiter, hasher, swept }), quota, key }
    }

    /// How many requests may come at once; at least one.
    #[must_use]
    pub fn burst(self, requests: u32) -> Self {
        Self::with_quota(self.quota.allow_burst(NonZeroU32::new(requests).unwrap_or(NonZeroU32::MIN)), self.key)
    }

    /// Who counts as one client.
    #[must_use]
    pub fn key(mut self, key: RateKey) -> Self {
        self.key = key;
        self
    }

    /// Who asks: a hash, so that what clients send takes no room, and none can be chosen to collide.
    fn client(&self, request: &Request) -> u64 {
        let sent = match &self.key {
            RateKey::Header(name) => request.headers().get(name),
            RateKey::Address => None,
        };
        match sent {
            Some(value) => self.counted.hasher.hash_one(value.as_bytes()),
            None => self.counted.hasher.hash_one(request.extensions().get::<ConnectInfo<SocketAddr>>().map(subscriber)),
        }
    }
}

layers!(RateLimit);

impl AroundMiddleware for RateLimit {
    type Kept = ();

    fn before(&self, request: &mut Request) -> ControlFlow<Response> {
        let Err(wait) = self.counted.check(self.client(request)) else { return ControlFlow::Continue(()) };
        // Whole seconds (RFC 9110 §10.2.3), and not too early.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let refused = HttpError::too_many_requests().header(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        ControlFlow::Break(refused.into_response())
    }

    fn after(&self, (): (), _response: &mut Response) {}
}

impl Counted {
    /// Counts a request, or says how long its client should wait.
    fn check(&self, client: u64) -> Result<(), Duration> {
        if self.limiter.len() >= MOST_CLIENTS {
            self.sweep();
        }
        let checked = self.limiter.check_key(&client);
        checked.map_err(|until| until.wait_time_from(DefaultClock::default().now()))
    }

    /// Forgets those that have waited long enough; not all the time, where nobody has.
    fn sweep(&self) {
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        if swept.elapsed() >= SWEEP {
            self.limiter.retain_recent();
            *swept = Instant::now();
        }
    }
}

/// The part of an address that is one subscriber's.
fn subscriber(info: &ConnectInfo<SocketAddr>) -> IpAddr {
    match info.0.ip().to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        v4 => v4,
    }
}

/// What is known of each client: when it could ask next.
#[derive(Debug, Default)]
struct Clients(Mutex<HashMap<u64, Nanos>>);

/// Clients that came when there was no room left for them.
const OTHERS: u64 = 0;

impl StateStore for Clients {
    type Key = u64;

    fn measure_and_replace<T, F, E>(&self, key: &u64, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = if known.len() < MOST_CLIENTS || known.contains_key(key) { *key } else { OTHERS };
        let (decision, next) = decide(known.get(&key).copied())?;
        known.insert(key, next);
        Ok(decision)
    }
}

impl ShrinkableKeyedStateStore<u64> for Clients {
    fn retain_recent(&self, drop_below: Nanos) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, next| *next > drop_below);
    }

    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(address: &str) -> Request {
        let mut request = Request::default();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(address.parse().unwrap(), 1)));
        request
    }

    #[test]
    fn an_address_is_a_client_and_of_ipv6_its_first_half() {
        let limit = RateLimit::new(1, Duration::from_secs(60)).unwrap();
        let client = |address: &str| limit.client(&request(address));
        assert_ne!(client("192.0.2.1"), client("192.0.2.2"));
        assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
        assert_eq!(client("2001:db8::1"), client("2001:db8::ffff:2"));
        assert_ne!(client("2001:db8::1"), client("2001:db8:0:1::1"));
    }

    #[test]
    fn memory_is_bounded_and_those_who_wait_make_room() {
        let limit = RateLimit::new(1, Duration::from_millis(200)).unwrap();
        let asks = |client: u64| limit.counted.check(client).is_ok();
        let first = 1_u64;
        assert!(asks(first) && !asks(first));
        for client in 2..MOST_CLIENTS as u64 + 10 {
            limit.counted.check(client).ok();
        }
        assert!(limit.counted.limiter.len() <= MOST_CLIENTS + 1);
        // The clients past the bound count as one.
        assert!(!asks(u64::MAX));
        std::thread::sleep(Duration::from_millis(1500));
        assert!(asks(u64::MAX));
        assert!(limit.counted.limiter.len() <= 2, "{}", limit.counted.limiter.len());
    }

    #[test]
    fn there_must_be_requests_and_time() {
        assert!(RateLimit::new(0, Duration::from_secs(1)).is_err());
        assert!(RateLimit::new(1, Duration::ZERO).is_err());
        assert!(RateLimit::new(u32::MAX, Duration::from_nanos(1)).is_err());
    }
}
