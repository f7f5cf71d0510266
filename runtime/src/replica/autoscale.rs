//! How many replicas there should be: the rule of Ray Serve 2.9.3, whose option names these are. What it decides
//! depends on nothing but what it is shown.

#[cfg(test)]
mod ray;

use std::collections::VecDeque;
use std::time::Duration;

/// The time between two decisions.
pub(crate) const PERIOD: Duration = Duration::from_millis(100);

/// When there should be more replicas, and when fewer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Policy {
    pub min: u32,
    pub max: u32,
    /// How many requests a replica should have.
    pub target: f64,
    /// How many decisions in a row must want more before there are more.
    pub upscale_periods: i64,
    /// How many decisions in a row must want fewer before there are fewer.
    pub downscale_periods: i64,
    /// How much of the way up, or down, is gone at once: 1 for all of it.
    pub smoothing: f64,
}

/// What a service has to do at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Load {
    /// The replicas that are serving.
    pub replicas: u32,
    /// Requests in flight and waiting.
    pub ongoing: f64,
}

/// Decides, time after time.
#[derive(Debug)]
pub(crate) struct Autoscaler {
    policy: Policy,
    window: Window,
    counter: DecisionStreak,
}

/// How the number of replicas follows the load: the options of that name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Autoscaling {
    pub min_replicas: u32,
    pub max_replicas: u32,
    pub target_num_ongoing_requests_per_replica: f64,
    pub upscale_delay: Duration,
    pub downscale_delay: Duration,
    pub look_back_period: Duration,
}

impl Autoscaler {
    /// Follows the load by the options.
    pub(super) fn new(options: Autoscaling) -> Self {
        Self {
            policy: Policy {
                min: options.min_replicas,
                max: options.max_replicas,
                target: options.target_num_ongoing_requests_per_replica,
                upscale_periods: periods(options.upscale_delay),
                downscale_periods: periods(options.downscale_delay),
                smoothing: 1.0,
            },
            window: Window::new(periods(options.look_back_period)),
            counter: DecisionStreak::default(),
        }
    }

    /// How many replicas there should be after another [`PERIOD`], where there should be `current` now.
    pub(super) fn tick(&mut self, load: Load, current: u32) -> u32 {
        let ongoing = self.window.add(load.ongoing);
        if load.replicas == 0 {
            // Nobody has reported yet: all that can be said is that requests need a replica.
            return if load.ongoing > 0.0 { current.max(self.policy.smoothing.ceil() as u32) } else { current };
        }
        let desired = self.policy.desired(Load { ongoing, ..load });
        self.counter.decide(&self.policy, desired, current)
    }
}

/// How many decisions are made in this time.
fn periods(time: Duration) -> i64 {
    (time.as_secs_f64() / PERIOD.as_secs_f64()) as i64
}

impl Policy {
    /// How many replicas the load asks for.
    pub(super) fn desired(&self, load: Load) -> u32 {
        let replicas = f64::from(load.replicas);
        let ratio = load.ongoing / replicas / self.target;
        let mut desired = (replicas * (1.0 + (ratio - 1.0) * self.smoothing)).ceil();
        // Smoothing alone would never get rid of the last one.
        if ratio == 0.0 && desired == replicas && desired >= 1.0 {
            desired -= 1.0;
        }
        // A float that is too large for the type becomes its largest value.
        (desired as u32).min(self.max).max(self.min)
    }
}

/// How often in a row more replicas were wanted, or, below zero, fewer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct DecisionStreak(i64);

impl DecisionStreak {
    /// Counts another decision, and says how many replicas there should be now.
    pub(super) fn decide(&mut self, policy: &Policy, desired: u32, current: u32) -> u32 {
        self.0 = match desired.cmp(&current) {
            std::cmp::Ordering::Greater => self.0.max(0) + 1,
            std::cmp::Ordering::Less => self.0.min(0) - 1,
            std::cmp::Ordering::Equal => 0,
        };
        if self.0 > policy.upscale_periods || self.0 < -policy.downscale_periods {
            self.0 = 0;
            return desired;
        }
        current
    }
}

/// The last so many samples.
#[derive(Debug)]
struct Window {
    samples: VecDeque<f64>,
    /// Samples are whole numbers, so that nothing is lost as they come and go.
    sum: f64,
    most: usize,
}

impl Window {
    fn new(most: i64) -> Self {
        let most = usize::try_from(most).unwrap_or(0).max(1);
        Self { samples: VecDeque::new(), sum: 0.0, most }
    }

    /// Takes one more, and gives the mean.
    fn add(&mut self, sample: f64) -> f64 {
        if self.samples.len() == self.most {
            self.sum -= self.samples.pop_front().unwrap_or(0.0);
        }
        self.samples.push_back(sample);
        self.sum += sample;
        self.sum / self.samples.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(min: u32, max: u32) -> Policy {
        Policy { min, max, target: 1.0, upscale_periods: 300, downscale_periods: 6000, smoothing: 1.0 }
    }

    fn load(replicas: u32, mean: f64) -> Load {
        Load { replicas, ongoing: mean * f64::from(replicas) }
    }

    /// The tick at which a decision is first applied, and to how many replicas.
    fn first(policy: &Policy, desired: u32, current: u32) -> Option<(usize, u32)> {
        let mut counter = DecisionStreak::default();
        let decided = (1..10_000).map(|tick| (tick, counter.decide(policy, desired, current)));
        decided.into_iter().find(|(_, replicas)| *replicas != current)
    }

    // The values of these tests are what Ray's own `BasicAutoscalingPolicy` gives.

    #[test]
    fn eight_requests_a_replica_become_eight_replicas_after_the_upscale_delay() {
        let policy = policy(1, 10);
        let desired = policy.desired(load(1, 8.0));
        assert_eq!((desired, first(&policy, desired, 1)), (8, Some((301, 8))));
    }

    #[test]
    fn fewer_replicas_come_after_the_downscale_delay() {
        let policy = policy(1, 10);
        assert_eq!(first(&policy, policy.desired(load(4, 0.0)), 4), Some((6001, 1)));
    }

    #[test]
    fn a_little_too_much_is_a_replica_more() {
        assert_eq!(policy(1, 10).desired(load(1, 1.01)), 2);
        assert_eq!(policy(1, 10).desired(load(1, 1.0)), 1);
    }

    #[test]
    fn smoothing_goes_half_of_the_way() {
        let policy = Policy { smoothing: 0.5, ..policy(0, 10) };
        assert_eq!(policy.desired(load(4, 0.0)), 2);
        assert_eq!(Policy { smoothing: 0.1, ..policy }.desired(load(1, 0.0)), 0);
    }

    #[test]
    fn the_bounds_hold_whatever_the_load() {
        assert_eq!(policy(2, 5).desired(load(3, 1e300)), 5);
        assert_eq!(policy(2, 5).desired(load(3, 0.0)), 2);
    }

    #[test]
    fn a_decision_that_changes_starts_to_be_counted_anew() {
        let policy = policy(1, 10);
        let mut counter = DecisionStreak::default();
        for _ in 0..300 {
            assert_eq!(counter.decide(&policy, 3, 2), 2);
        }
        assert_eq!(counter.decide(&policy, 1, 2), 2);
        for _ in 0..300 {
            assert_eq!(counter.decide(&policy, 3, 2), 2);
        }
        // What is applied is what is wanted then, not when it began.
        assert_eq!(counter.decide(&policy, 7, 2), 7);
    }

    /// How many replicas there are at each tick of a load, by requests in the service.
    fn simulate(ticks: usize, ongoing: impl Fn(f64) -> f64) -> Vec<u32> {
        let mut autoscaler =
            Autoscaler { policy: policy(1, 8), window: Window::new(300), counter: DecisionStreak::default() };
        let mut replicas = 1;
        let counts = (0..ticks).map(|tick| {
            let seconds = tick as f64 * PERIOD.as_secs_f64();
            replicas = autoscaler.tick(Load { replicas, ongoing: ongoing(seconds).round() }, replicas);
            replicas
        });
        counts.collect()
    }

    fn changes(counts: &[u32]) -> usize {
        counts.windows(2).filter(|pair| pair[0] != pair[1]).count()
    }

    const MINUTE: usize = 600;

    #[test]
    fn a_ramp_is_followed_up_and_never_down() {
        let counts = simulate(10 * MINUTE, |seconds| seconds / 60.0);
        assert!(counts.is_sorted() && counts.last() == Some(&8), "{counts:?}");
    }

    #[test]
    fn a_spike_shorter_than_the_delay_changes_nothing() {
        let spike = |seconds| if (60.0..61.0).contains(&seconds) { 30.0 } else { 0.0 };
        assert_eq!(changes(&simulate(5 * MINUTE, spike)), 0);
    }

    #[test]
    fn a_step_goes_up_once_and_after_its_end_down_once() {
        let step = |seconds| if (60.0..360.0).contains(&seconds) { 4.0 } else { 0.0 };
        let counts = simulate(30 * MINUTE, step);
        assert_eq!((counts.iter().max(), counts.last()), (Some(&4), Some(&1)));
        let (up, down): (Vec<_>, Vec<_>) =
            counts.windows(2).filter(|pair| pair[0] != pair[1]).partition(|pair| pair[0] < pair[1]);
        assert!(up.len() <= 2 && down.len() == 1, "{up:?} {down:?}");
    }

    #[test]
    fn waves_faster_than_the_downscale_delay_do_not_make_it_flap() {
        let wave = |seconds: f64| 4.0 + 3.0 * (seconds / 60.0 * std::f64::consts::TAU).sin();
        let counts = simulate(60 * MINUTE, wave);
        assert!(changes(&counts) <= 3, "{}", changes(&counts));
        assert!(counts.last() >= Some(&4));
    }

    #[test]
    fn an_idle_service_stays_as_small_as_it_may() {
        assert!(simulate(30 * MINUTE, |_| 0.0).into_iter().all(|replicas| replicas == 1));
    }
}
