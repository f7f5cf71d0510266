//! What has been answered lately, second by second.

use std::sync::{Mutex, PoisonError};

/// How many seconds are looked back, as far as Ray Serve's autoscaling looks.
const SECONDS: u64 = 30;

/// The answers of the last seconds. Seconds are counted from any one moment on.
#[derive(Debug, Default)]
pub(super) struct Recent(Mutex<[Second; SECONDS as usize]>);

#[derive(Debug, Default, Clone, Copy)]
struct Second {
    number: u64,
    answers: u64,
    failures: u64,
}

/// Answers a second, and those among them that are the service's own failures (5xx).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rates {
    pub answers: f64,
    pub failures: f64,
}

impl Recent {
    /// Notes an answer in this second.
    pub(super) fn note(&self, number: u64, is_failure: bool) {
        let mut seconds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let second = &mut seconds[(number % SECONDS) as usize];
        if second.number != number {
            *second = Second { number, ..Second::default() };
        }
        second.answers += 1;
        second.failures += u64::from(is_failure);
    }

    /// What there was up to and with this second, on average.
    pub(super) fn rates(&self, number: u64) -> Rates {
        let seconds = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = seconds.iter().filter(|second| second.number <= number && number - second.number < SECONDS);
        let (answers, failures) =
            recent.fold((0, 0), |(answers, failures), second| (answers + second.answers, failures + second.failures));
        let time = SECONDS.min(number + 1) as f64;
        Rates { answers: answers as f64 / time, failures: failures as f64 / time }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_of_the_last_thirty_seconds() {
        let recent = Recent::default();
        for number in 100..160 {
            recent.note(number, false);
            recent.note(number, number % 2 == 0);
        }
        assert_eq!(recent.rates(159), Rates { answers: 2.0, failures: 0.5 });
        // Fifteen seconds later, half of it is left; a minute later, nothing.
        assert_eq!(recent.rates(174).answers, 1.0);
        assert_eq!(recent.rates(220), Rates { answers: 0.0, failures: 0.0 });
    }

    #[test]
    fn a_server_that_runs_for_less_has_its_own_time() {
        let recent = Recent::default();
        (0..3).for_each(|number| recent.note(number, false));
        assert_eq!(recent.rates(2).answers, 1.0);
    }
}
