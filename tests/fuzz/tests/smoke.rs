//! Each target, on the inputs that it begins with and on some that are made of them. `BUILDFLOW_INPUTS` says how many, and
//! `BUILDFLOW_SEED` which; the input of a failure is printed.

use std::panic::{AssertUnwindSafe, catch_unwind};

use fuzz::Target;

fn number(variable: &str, unsaid: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(unsaid)
}

/// Runs a target on so many inputs, unless the environment says how many.
fn smoke(name: &str, inputs: u64) {
    let target = Target::named(name);
    let seeds = (target.seeds)();
    assert!(!seeds.is_empty());
    let mut random = fastrand::Rng::with_seed(number("BUILDFLOW_SEED", 0));
    let made = (0..number("BUILDFLOW_INPUTS", inputs)).map(|_| target.mutated(&seeds, &mut random));
    for input in seeds.iter().cloned().chain(made) {
        let ran = catch_unwind(AssertUnwindSafe(|| target.run(&input)));
        if ran.is_err() {
            panic!("`{name}` fails on {:?}", String::from_utf8_lossy(&input));
        }
    }
}

#[test]
fn documents_are_generated_or_refused() {
    smoke("documents", 300);
}

#[test]
fn bytes_over_a_connection_are_answered_or_it_ends() {
    smoke("wire", 1_500);
}

#[test]
fn bodies_of_json_are_taken_as_they_are_answered_or_refused() {
    smoke("json", 3_000);
}

#[test]
fn texts_are_read_and_written_as_serde_json_does() {
    smoke("values", 20_000);
}

#[test]
fn paths_and_queries_are_read_or_refused() {
    smoke("query", 3_000);
}

#[test]
fn forms_with_parts_are_read_or_refused() {
    smoke("multipart", 2_000);
}

#[test]
fn forms_and_texts_are_read_or_refused() {
    smoke("forms", 3_000);
}

#[test]
fn tokens_are_verified_or_refused() {
    smoke("jwt", 3_000);
}

#[test]
fn cookies_are_read_or_refused() {
    smoke("cookies", 3_000);
}
