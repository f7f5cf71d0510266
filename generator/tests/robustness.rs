//! No document, however broken or hostile, makes the generator panic, hang, or write what is not plain Rust.
//!
//! `BUILDFLOW_MUTANTS=20000` makes as many, in place of some hundred.

mod random;
mod robustness {
    pub(crate) mod documents;
    pub(crate) mod mutation;
    pub(crate) mod outcome;
}

use random::Random;
use robustness::documents::{self, Document};
use robustness::mutation;
use robustness::outcome::{self, Outcome, Seen};
use serde_json::json;

/// A mutant's seed is in its file's name.
const SEED: u64 = 0xb111_df10;

/// Makes mutants of all documents in turn.
fn check(ending: &str, mutant: impl Fn(&Document, &mut Random) -> Vec<u8>) -> Seen {
    let count = std::env::var("BUILDFLOW_MUTANTS").map_or(150, |count| count.parse().expect("a number of mutants"));
    let documents = documents::read();
    let mut seen = Seen::default();
    for (document, seed) in documents.iter().cycle().zip(SEED..SEED + count) {
        // Seeds that are neighbours start alike.
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let text = mutant(document, &mut random);
        seen.add(outcome::check(&format!("{}-{seed:x}.{ending}", document.name), &text));
    }
    println!("{seen:?}");
    seen
}

#[test]
fn documents_with_changed_values_and_hostile_names_are_refused_or_generated() {
    let seen = check("json", |document, random| {
        let mut root = document.root.clone();
        for _ in 0..=random.below(2) {
            mutation::change(&mut root, random);
        }
        mutation::with_huge_numbers(&root.to_string()).into_bytes()
    });
    assert!(seen.generated > 0 && seen.refused > 0, "all mutants have one fate: {seen:?}");
}

#[test]
fn documents_with_broken_text_are_refused_or_generated() {
    let seen = check("yaml", |document, random| {
        let mut text = document.text.clone().into_bytes();
        for _ in 0..=random.below(3) {
            mutation::damage(&mut text, random);
        }
        text
    });
    assert!(seen.refused > 0, "no mutant is refused: {seen:?}");
}

#[test]
fn types_that_nest_as_deep_as_a_document_may_are_generated_on_any_stack() {
    let text = json!({"type": "string"});
    let deep = (0..110).fold(text, |items, _| json!({"type": "array", "items": items}));
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": "Deep", "version": "1"},
        "paths": {"/deep": {"post": {
            "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Deep"}}}},
            "responses": {"204": {"description": "Done."}},
        }}},
        "components": {"schemas": {"Deep": deep}},
    });
    let document = document.to_string();
    assert!(matches!(outcome::check("deep.json", document.as_bytes()), Outcome::Generated));
}
