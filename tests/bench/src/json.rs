//! The same values read from JSON and written to it: as generated types are, and by serde with two libraries.

use buildflow_runtime::generated::json;
use serde::{Deserialize, Serialize};

use crate::by_buildflow::shop::types;
use crate::by_hyper::NewOrder;
use crate::requests;

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    orders: Vec<NewOrder>,
}

/// Reads a text so many times, or writes what it says.
///
/// # Panics
///
/// There is no such library or task, or the text is not read.
pub fn run(library: &str, task: &str, times: usize) {
    let (size, task) = task.split_once(' ').expect("`small read`");
    let batch = String::from_utf8(requests::large().body.to_vec()).expect("JSON is text");
    match (library, size) {
        ("generated", "small") => generated::<types::NewOrder>(requests::ORDER, task, times),
        ("generated", _) => generated::<types::Batch>(&batch, task, times),
        ("serde_json", "small") => serde_json::<NewOrder>(requests::ORDER, task, times),
        ("serde_json", _) => serde_json::<Batch>(&batch, task, times),
        ("sonic-rs", "small") => sonic::<NewOrder>(requests::ORDER, task, times),
        ("sonic-rs", _) => sonic::<Batch>(&batch, task, times),
        _ => panic!("LIBRARY is `generated`, `serde_json` or `sonic-rs`"),
    }
}

fn generated<T: json::Decode + json::Encode>(text: &str, task: &str, times: usize) {
    repeat(text, task, times, |text| json::from_str::<T>(text).ok(), |value| json::to_string(value).ok());
}

fn serde_json<T: for<'de> Deserialize<'de> + Serialize>(text: &str, task: &str, times: usize) {
    let read = |text: &str| ::serde_json::from_str::<T>(text).ok();
    repeat(text, task, times, read, |value| ::serde_json::to_string(value).ok());
}

fn sonic<T: for<'de> Deserialize<'de> + Serialize>(text: &str, task: &str, times: usize) {
    let read = |text: &str| sonic_rs::from_str::<T>(text).ok();
    repeat(text, task, times, read, |value| sonic_rs::to_string(value).ok());
}

fn repeat<T>(
    text: &str,
    task: &str,
    times: usize,
    read: impl Fn(&str) -> Option<T>,
    write: impl Fn(&T) -> Option<String>,
) {
    let value = read(text).expect("the text is read");
    assert_eq!(write(&value).expect("the value is written"), text);
    for _ in 0..times {
        match task {
            "read" => assert!(std::hint::black_box(read(std::hint::black_box(text))).is_some()),
            "write" => assert!(std::hint::black_box(write(std::hint::black_box(&value))).is_some()),
            _ => panic!("TASK is `read` or `write`"),
        }
    }
}
