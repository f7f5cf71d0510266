//! What runs behind an answer.

use std::fs;
use std::time::{Duration, Instant};

use crate::{log_in, open, start_with};

#[test]
fn a_task_behind_an_answer_takes_no_time_of_it_and_ends_before_the_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let news = folder.path().join("news");
    let server = start_with(&[("TRACKER_NEWS", &news.to_string_lossy())]);
    let ann = log_in(&server, "ann");
    let begun = Instant::now();
    assert_eq!(open(&server, &ann, r#"{"title":"Slow news"}"#).status, 201);
    assert!(begun.elapsed() < Duration::from_millis(200), "{:?}", begun.elapsed());
    assert!(!news.exists());
    assert!(server.terminate().success());
    let news = fs::read_to_string(news).expect("the tasks have run");
    let mut news: Vec<&str> = news.lines().collect();
    news.sort();
    assert_eq!(news, ["Slow news", "The tracker has stopped"]);
}

#[test]
fn how_a_task_fails_is_logged_with_its_request() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = start_with(&[("TRACKER_NEWS", &folder.path().join("none/news").to_string_lossy())]);
    let ann = log_in(&server, "ann");
    let answer = open(&server, &ann, r#"{"title":"No news"}"#);
    let log = server.log_with("a background task failed");
    let told = log.lines().find(|line| line.contains("a background task failed")).expect("it is logged");
    assert!(
        told.contains("ERROR") && told.contains("No such file") && told.contains(answer.header("x-request-id")),
        "{told}"
    );
}
