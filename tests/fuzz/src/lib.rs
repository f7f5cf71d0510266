//! What generator and runtime make of any input: each target takes bytes, and panics where something is not as it
//! should be. `tests/smoke.rs` runs all of them on a few thousand inputs; `libfuzzer` runs one for as long as you like.

mod bytes;
mod documents;
mod requests;
mod service;
mod values;
mod wire;

use std::time::{Duration, Instant};

/// No input may take longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What takes bytes.
pub struct Target {
    /// The name.
    pub name: &'static str,
    /// Takes one input.
    run: fn(&[u8]),
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words that inputs may have.
    words: &'static [&'static str],
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "documents", run: documents::run, seeds: documents::seeds, words: documents::WORDS },
    Target { name: "wire", run: wire::run, seeds: wire::seeds, words: wire::WORDS },
    Target { name: "json", run: requests::json, seeds: requests::json_seeds, words: requests::JSON_WORDS },
    Target { name: "values", run: values::run, seeds: values::seeds, words: values::WORDS },
    Target { name: "query", run: requests::query, seeds: requests::query_seeds, words: requests::QUERY_WORDS },
    Target {
        name: "multipart",
        run: requests::multipart,
        seeds: requests::multipart_seeds,
        words: requests::PART_WORDS,
    },
    Target { name: "forms", run: requests::form, seeds: requests::form_seeds, words: requests::QUERY_WORDS },
    Target { name: "jwt", run: requests::jwt, seeds: requests::jwt_seeds, words: requests::JSON_WORDS },
    Target { name: "cookies", run: requests::cookies, seeds: requests::cookie_seeds, words: requests::QUERY_WORDS },
];

impl Target {
    /// The target of this name.
    ///
    /// # Panics
    ///
    /// There is none.
    pub fn named(name: &str) -> &'static Self {
        TARGETS.iter().find(|target| target.name == name).expect("a target")
    }

    /// Takes one input.
    ///
    /// # Panics
    ///
    /// Something is not as it should be, or it took too long.
    pub fn run(&self, input: &[u8]) {
        let begun = Instant::now();
        (self.run)(input);
        assert!(begun.elapsed() < PATIENCE, "{} took {:?}", self.name, begun.elapsed());
    }

    /// Another input, made of some that there are.
    pub fn mutated(&self, seeds: &[Vec<u8>], random: &mut fastrand::Rng) -> Vec<u8> {
        bytes::mutated(seeds, self.words, random)
    }
}
