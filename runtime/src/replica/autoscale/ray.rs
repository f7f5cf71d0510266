//! What Ray's own policy decides over random loads, as `tests/ray/decisions.py` has written it down, and the autoscaler too.

use serde_json::Value;

use super::*;

/// Decisions of Ray 2.9.3, a trace a line.
const RECORDED: &str = include_str!("ray.jsonl");

/// A file of more of them, for those who have Ray: `tests/ray/compare` makes one.
const MORE: &str = "BUILDFLOW_RAY_DECISIONS";

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn whole(value: &Value) -> u32 {
    u32::try_from(value.as_u64().expect("a whole number")).expect("a small one")
}

/// An autoscaler of these options, which looks back at nothing: loads are means already.
fn autoscaler(options: &Value) -> Autoscaler {
    let delay = |name| periods(Duration::from_secs_f64(number(&options[name])));
    let policy = Policy {
        min: whole(&options["min_replicas"]),
        max: whole(&options["max_replicas"]),
        target: number(&options["target_num_ongoing_requests_per_replica"]),
        upscale_periods: delay("upscale_delay_s"),
        downscale_periods: delay("downscale_delay_s"),
        smoothing: number(&options["smoothing_factor"]),
    };
    Autoscaler { policy, window: Window::new(1), counter: DecisionStreak::default() }
}

fn load(said: &Value) -> Load {
    let ongoing: Vec<f64> = said["ongoing"].as_array().expect("a list").iter().map(number).collect();
    match ongoing.len() {
        0 => Load { replicas: 0, ongoing: number(&said["queued"]) },
        replicas => Load { replicas: replicas as u32, ongoing: ongoing.iter().sum() },
    }
}

/// Goes through a trace; how many decisions it has.
fn follow(trace: &Value) -> usize {
    let mut autoscaler = autoscaler(&trace["options"]);
    let (mut replicas, mut decisions) = (whole(&trace["initial"]), 0);
    for said in trace["loads"].as_array().expect("a list") {
        for run in said["decided"].as_array().expect("a list") {
            for _ in 0..whole(&run[0]) {
                replicas = autoscaler.tick(load(said), replicas);
                decisions += 1;
                assert_eq!(replicas, whole(&run[1]), "decision {decisions} at {said} of {trace}");
            }
        }
    }
    decisions
}

#[test]
fn it_decides_as_ray_does() {
    let more = std::env::var_os(MORE).map(|path| std::fs::read_to_string(path).expect("a file of decisions"));
    let traces = more.as_deref().unwrap_or(RECORDED);
    let decisions: usize = traces.lines().map(|line| follow(&serde_json::from_str(line).expect("JSON"))).sum();
    println!("{decisions} decisions are those of Ray");
    assert!(decisions > 10_000, "{decisions} decisions are too few");
}
