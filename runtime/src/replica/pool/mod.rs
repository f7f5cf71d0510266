//! Which replica a request goes to, how many wait, and which replicas there are.
//!
//! One lock guards all of it. Nothing is sent, dropped or woken under it but what cannot call back.

mod permit;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot, watch};

use super::autoscale::Load;
#[cfg(feature = "admin")]
use crate::observe::metrics::ReplicaCounts;
use crate::routing::Dispatch;
use permit::Holding;

pub(super) use permit::{Permit, RequestPlace};

/// The replicas of a service.
pub(crate) struct Pool {
    /// What the service is called in logs.
    pub service: String,
    /// The most requests that a replica has in flight.
    most_in_flight: usize,
    /// The most requests that wait.
    most_waiting: usize,
    state: Mutex<State>,
    /// Tells the supervisor that a replica is gone, or that all shall go.
    pub changed: Notify,
    /// Every thread of the service holds a receiver: it is closed when all have ended.
    threads: watch::Sender<()>,
}

#[derive(Default)]
struct State {
    starting: Vec<Starting>,
    serving: Vec<Serving>,
    /// Those that take no further requests, and end with their last.
    draining: Vec<Serving>,
    waiting: VecDeque<Waiter>,
    /// The number that the next replica or waiter gets.
    next: u64,
    closed: bool,
}

/// A replica that has no handler value yet. It ends when this is dropped.
struct Starting {
    id: u64,
    end: oneshot::Sender<()>,
    /// Whether it may start, for it has CPUs, or must.
    has_cpus: bool,
}

/// A replica that has requests. It ends when this is dropped.
struct Serving {
    id: u64,
    end: oneshot::Sender<()>,
    in_flight: usize,
    /// How many requests wait for their clients, and have left their places.
    away: usize,
    /// Those whose clients have sent what was missing; they go before those that wait for any replica.
    returning: VecDeque<Returning>,
    worker: Arc<Worker>,
}

/// What requests need of a replica.
pub(super) struct Worker {
    pub runtime: Handle,
    pub dispatch: Arc<dyn Dispatch>,
}

struct Waiter {
    id: u64,
    admitted: oneshot::Sender<Admitted>,
}

/// A request that wants its place back.
struct Returning {
    permit: Weak<Permit>,
    returned: oneshot::Sender<()>,
}

/// A replica, and a place for a request at it.
type Admitted = (Arc<Worker>, Arc<Permit>);

/// As many requests wait as may.
#[derive(Debug)]
pub(super) struct Full;

impl Pool {
    pub(crate) fn new(service: String, most_in_flight: u32, most_waiting: u32) -> Self {
        Self {
            service,
            most_in_flight: most_in_flight as usize,
            most_waiting: most_waiting as usize,
            state: Mutex::default(),
            changed: Notify::new(),
            threads: watch::Sender::new(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a request, as soon as there is one: requests that came first go first.
    pub(super) async fn admit(self: &Arc<Self>) -> Result<Admitted, Full> {
        let (id, admitted) = {
            let mut state = self.lock();
            if state.waiting.is_empty()
                && let Some(serving) = state.choose(self.most_in_flight)
            {
                return Ok(serving.admit(self));
            }
            if state.closed || state.waiting.len() >= self.most_waiting {
                return Err(Full);
            }
            let id = state.number();
            let (sender, admitted) = oneshot::channel();
            state.waiting.push_back(Waiter { id, admitted: sender });
            (id, admitted)
        };
        let _waiting = Waiting { pool: self, id };
        // An error means that the service ends.
        admitted.await.map_err(|_| Full)
    }

    /// Gives the free places of a replica to requests that wait: first to those that had one before.
    fn feed(self: &Arc<Self>, replica: u64) {
        loop {
            let next = self.lock().next_match(self, replica);
            match next {
                None => return,
                Some(Match::Returning(permit, returned)) => {
                    if returned.send(()).is_err() {
                        permit.give_up();
                    }
                }
                Some(Match::New(waiter, admitted)) => {
                    if let Err((_, permit)) = waiter.admitted.send(admitted) {
                        // It waits no longer. To drop the place would feed the replica within.
                        permit.give_up();
                    }
                }
            }
        }
    }

    /// Another replica starts; it shall end when the receiver says so.
    pub(super) fn begin(&self) -> (u64, oneshot::Receiver<()>) {
        let mut state = self.lock();
        let id = state.number();
        let (end, ended) = oneshot::channel();
        state.starting.push(Starting { id, end, has_cpus: false });
        (id, ended)
    }

    /// Whether a replica must start, whatever CPUs there are: fewer than `fewest` do without it.
    pub(super) fn must_start(&self, id: u64, fewest: usize) -> bool {
        let mut state = self.lock();
        let count = state.serving.len() + state.starting.iter().filter(|starting| starting.has_cpus).count();
        if count >= fewest {
            return false;
        }
        state.gets_cpus(id);
        true
    }

    /// A replica has its CPUs.
    pub(super) fn gets_cpus(&self, id: u64) {
        self.lock().gets_cpus(id);
    }

    /// A replica has its handler value.
    pub(super) fn ready(self: &Arc<Self>, id: u64, worker: Worker) {
        {
            let mut state = self.lock();
            let Some(at) = state.starting.iter().position(|starting| starting.id == id) else { return };
            let Starting { id, end, .. } = state.starting.swap_remove(at);
            state.serving.push(Serving::new(id, end, worker));
        }
        self.feed(id);
    }

    /// A replica has ended; whether nobody had asked it to.
    pub(crate) fn gone(&self, id: u64) -> bool {
        let mut state = self.lock();
        let before = state.starting.len() + state.serving.len();
        let starting = state.starting.extract_if(.., |starting| starting.id == id).next();
        let serving = state.serving.extract_if(.., |serving| serving.id == id).next();
        let draining = state.draining.extract_if(.., |draining| draining.id == id).next();
        let unasked = state.starting.len() + state.serving.len() < before;
        drop(state);
        drop((starting, serving, draining));
        if unasked {
            self.changed.notify_one();
        }
        unasked
    }

    /// Lets replicas go that are too many, those that have not started first, and then the least busy ones; how many
    /// are lacking.
    pub(crate) fn shrink_to(&self, wanted: usize) -> usize {
        let mut ended: Vec<oneshot::Sender<()>> = Vec::new();
        let mut state = self.lock();
        while state.starting.len() + state.serving.len() > wanted {
            if let Some(starting) = state.starting.pop() {
                ended.push(starting.end);
                continue;
            }
            let least = state.serving.iter().enumerate().min_by_key(|(_, serving)| serving.in_flight);
            let Some((at, _)) = least else { break };
            let serving = state.serving.swap_remove(at);
            match serving.is_done() {
                true => ended.push(serving.end),
                false => state.draining.push(serving),
            }
        }
        wanted.saturating_sub(state.starting.len() + state.serving.len())
    }

    /// Ends the service: requests in flight are finished, those that wait are sent away.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        drop(waiting);
        self.changed.notify_one();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// What a thread of the service holds as long as it runs.
    pub(crate) fn thread(&self) -> watch::Receiver<()> {
        self.threads.subscribe()
    }

    /// Waits until all threads of the service have ended.
    pub(crate) async fn ended(&self) {
        self.threads.closed().await;
    }

    /// What there is now, to look at.
    #[cfg(feature = "admin")]
    pub(crate) fn snapshot(&self) -> ReplicaCounts {
        let state = self.lock();
        let busy = state.serving.iter().chain(&state.draining);
        ReplicaCounts {
            starting: state.starting.len(),
            serving: state.serving.len(),
            draining: state.draining.len(),
            in_flight: busy.map(|replica| (replica.id, replica.in_flight)).collect(),
            queued: state.waiting.len(),
        }
    }

    /// What there is to do now.
    pub(super) fn load(&self) -> Load {
        let state = self.lock();
        let in_flight: usize = state.serving.iter().chain(&state.draining).map(|serving| serving.in_flight).sum();
        Load { replicas: state.serving.len() as u32, ongoing: (in_flight + state.waiting.len()) as f64 }
    }
}

impl State {
    fn gets_cpus(&mut self, id: u64) {
        let starting = self.starting.iter_mut().find(|starting| starting.id == id);
        starting.into_iter().for_each(|starting| starting.has_cpus = true);
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// The less loaded of two replicas picked at random; where it has no place, the least loaded of all that has one.
    fn choose(&mut self, most: usize) -> Option<&mut Serving> {
        let count = self.serving.len();
        let at = match count {
            0 => return None,
            1 => 0,
            _ => {
                let first = fastrand::usize(..count);
                let second = (first + fastrand::usize(1..count)) % count;
                if self.serving[second].in_flight < self.serving[first].in_flight { second } else { first }
            }
        };
        if self.serving[at].in_flight < most {
            return self.serving.get_mut(at);
        }
        self.serving.iter_mut().filter(|serving| serving.in_flight < most).min_by_key(|serving| serving.in_flight)
    }

    /// The request that has waited longest, with a place for it at a replica that has one.
    fn next_match(&mut self, pool: &Arc<Pool>, replica: u64) -> Option<Match> {
        let serving = self.find(replica).filter(|serving| serving.in_flight < pool.most_in_flight)?;
        if let Some((permit, returned)) = serving.next_returning() {
            return Some(Match::Returning(permit, returned));
        }
        let serving = self.serving.iter_mut().find(|serving| serving.id == replica)?;
        let waiter = self.waiting.pop_front()?;
        Some(Match::New(waiter, serving.admit(pool)))
    }

    /// How many requests are away.
    fn away(&self) -> usize {
        self.serving.iter().chain(&self.draining).map(|serving| serving.away).sum()
    }

    /// A replica that was draining and has no request any more.
    fn take_done(&mut self, replica: u64) -> Option<Serving> {
        let at = self.draining.iter().position(|serving| serving.id == replica && serving.is_done())?;
        Some(self.draining.swap_remove(at))
    }

    /// A replica that has requests.
    fn find(&mut self, replica: u64) -> Option<&mut Serving> {
        self.serving.iter_mut().chain(&mut self.draining).find(|serving| serving.id == replica)
    }
}

/// A request that gets a place.
enum Match {
    New(Waiter, Admitted),
    Returning(Arc<Permit>, oneshot::Sender<()>),
}

impl Serving {
    fn new(id: u64, end: oneshot::Sender<()>, worker: Worker) -> Self {
        Self { id, end, in_flight: 0, away: 0, returning: VecDeque::new(), worker: Arc::new(worker) }
    }

    /// Takes a place.
    fn admit(&mut self, pool: &Arc<Pool>) -> Admitted {
        self.in_flight += 1;
        (Arc::clone(&self.worker), Arc::new(Permit::new(pool, self.id)))
    }

    /// Gives a place back to a request that had left it, and still wants it.
    fn next_returning(&mut self) -> Option<(Arc<Permit>, oneshot::Sender<()>)> {
        while let Some(Returning { permit, returned }) = self.returning.pop_front() {
            let Some(permit) = permit.upgrade() else { continue };
            if permit.replace(Holding::Away, Holding::Held) {
                self.away -= 1;
                self.in_flight += 1;
                return Some((permit, returned));
            }
        }
        None
    }

    /// Whether it has no request.
    fn is_done(&self) -> bool {
        self.in_flight == 0 && self.away == 0
    }
}

/// A request that waits, and leaves the queue when it stops to.
struct Waiting<'p> {
    pool: &'p Pool,
    id: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.lock();
        let left = state.waiting.iter().position(|waiter| waiter.id == self.id);
        let waiter = left.and_then(|at| state.waiting.remove(at));
        drop(state);
        drop(waiter);
    }
}
