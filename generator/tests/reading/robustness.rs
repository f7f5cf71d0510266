//! No text, however broken, makes the reader panic, hang, or stay silent.

use buildflow_gen::diagnostic::{Diagnostics, render};
use buildflow_gen::read::Sources;

use super::random::Random;
use super::{corpus, read, walk};

const DOCUMENTS: [(&str, &str); 2] =
    [("pets.yaml", include_str!("pets.yaml")), ("pets.json", include_str!("pets.json"))];

/// Reads a text and shows what is wrong with it; all places must be in the text.
fn survive(name: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let read = read(name, &text);
    assert!(read.node.is_some() || read.diagnostics.has_errors(), "silent about {text:?}");
    if let Some(node) = &read.node {
        walk(node, &mut |node| assert!(read.written(node).len() <= text.len()));
    }
    let report = render(&read.diagnostics, &read.sources, true);
    assert!(report.lines().all(|line| line.len() < 4000));
}

#[test]
fn truncated_documents_are_read_or_refused() {
    for (name, text) in DOCUMENTS {
        (0..text.len()).step_by(3).for_each(|end| survive(name, &text.as_bytes()[..end]));
        (0..text.len()).step_by(3).for_each(|start| survive(name, &text.as_bytes()[start..]));
    }
}

#[test]
fn mutated_documents_are_read_or_refused() {
    const BYTES: &[u8] = b"{}[]:,-?&*!|>'\"%@`#\\ \n\r\t\0~<=.0a_\xff\xc3\xef\xbb\xbf";
    let mut random = Random(0x5eed);
    for (name, text) in DOCUMENTS {
        for _ in 0..500 {
            let mut bytes = text.as_bytes().to_vec();
            for _ in 0..=random.below(4) {
                let at = random.below(bytes.len());
                let byte = BYTES[random.below(BYTES.len())];
                match random.below(4) {
                    0 => bytes[at] = byte,
                    1 => bytes.insert(at, byte),
                    2 => drop(bytes.remove(at)),
                    _ => {
                        let end = (at + random.below(40)).min(bytes.len());
                        let piece = bytes[at..end].to_vec();
                        let to = random.below(bytes.len());
                        bytes.splice(to..to, piece);
                    }
                }
            }
            survive(name, &bytes);
        }
    }
}

#[test]
fn noise_is_read_or_refused() {
    const PIECES: [&str; 36] = [
        "{", "}", "[", "]", ": ", ":", ", ", "- ", "? ", "&a ", "*a", "!t ", "!!str ", "|", ">", "|2-", "'", "\"",
        "\\", "\\u", "#", " #", "%YAML", "---", "...", "<<", "\n", "\n  ", "\r\n", "\t", " ", "key", "0x1F", "é",
        "\u{feff}", "\u{2028}",
    ];
    let mut random = Random(0xbad);
    for _ in 0..2000 {
        let length = random.below(24);
        let text: String = (0..length).map(|_| PIECES[random.below(PIECES.len())]).collect();
        survive("noise.yaml", text.as_bytes());
        survive("noise.json", text.as_bytes());
    }
}

#[test]
fn the_corpus_is_read_without_errors() {
    for file in corpus("the_corpus_is_read_without_errors") {
        let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
        let node = sources.read(&file, &mut diagnostics);
        assert!(node.is_some() && !diagnostics.has_errors(), "{}", render(&diagnostics, &sources, false));
    }
}

#[test]
fn mutations_of_the_corpus_are_read_or_refused() {
    let mut random = Random(0xc0);
    for file in corpus("mutations_of_the_corpus_are_read_or_refused") {
        let mut bytes = std::fs::read(&file).expect("a document");
        let name = file.display().to_string();
        bytes.truncate(60_000);
        for _ in 0..4 {
            let at = random.below(bytes.len());
            bytes[at] = random.below(256) as u8;
            survive(&name, &bytes);
        }
    }
}
