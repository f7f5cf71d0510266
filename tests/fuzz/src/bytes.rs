//! Inputs made of others: a few changes to one of them.

use fastrand::Rng;

/// The longest input.
const LONGEST: usize = 64 * 1024;

/// Texts at which parsers go wrong, whatever they parse.
const ODD: [&str; 24] = [
    "",
    "\0",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "%",
    "%00",
    "%ff",
    "\r\n",
    "\n",
    "\t",
    ";",
    "=",
    "&",
    ",",
    "-1",
    "18446744073709551616",
    "1e400",
    "0.1",
    "null",
    "é",
    "\u{202e}",
    "😀",
];

/// One of the seeds with some changes.
pub(crate) fn mutated(seeds: &[Vec<u8>], words: &[&str], random: &mut Rng) -> Vec<u8> {
    let mut bytes = random.choice(seeds).cloned().unwrap_or_default();
    for _ in 0..random.usize(1..=6) {
        change(&mut bytes, seeds, words, random);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn change(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], words: &[&str], random: &mut Rng) {
    let at = random.usize(..=bytes.len());
    let end = (at + random.usize(..=16)).min(bytes.len());
    match random.u8(..8) {
        0 if at < bytes.len() => bytes[at] ^= 1 << random.u8(..8),
        1 => drop(bytes.drain(at..end)),
        2 => insert(bytes, at, random.choice(words).copied().unwrap_or_default().as_bytes()),
        3 => insert(bytes, at, random.choice(ODD).unwrap_or_default().as_bytes()),
        4 => {
            let piece = bytes[at..end].to_vec();
            insert(bytes, at, &piece.repeat(random.usize(1..40)));
        }
        5 => {
            let other = random.choice(seeds).map_or(&[][..], Vec::as_slice);
            let from = random.usize(..=other.len());
            let to = (from + random.usize(..200)).min(other.len());
            insert(bytes, at, &other[from..to]);
        }
        6 => {
            bytes.drain(at..end);
            insert(bytes, at, random.choice(words).copied().unwrap_or_default().as_bytes());
        }
        _ => insert(bytes, at, &[random.u8(..)]),
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    if bytes.len() + piece.len() <= LONGEST {
        bytes.splice(at..at, piece.iter().copied());
    }
}
