//! What replicas do under load, in figures; it takes a minute.
//!
//! `cargo test --release -p buildflow-runtime --test it load -- --ignored --nocapture` prints them.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use buildflow_runtime::generated::{
    BoxFuture, Description, Endpoint, Endpoints, Incoming, Response, RouteNode, ServiceOptions, StatusCode, Target,
    respond,
};
use buildflow_runtime::{Flow, HttpError, Service};
use tokio::task::JoinSet;
use tower::Service as _;

use crate::client::{Client, Server};
use crate::routes::{description, place};

static DESCRIPTION: Description = description("load", "Load", None);

static ROUTES: RouteNode = RouteNode {
    literals: &[
        ("nap", place(&[Target::new("/nap", &[("GET", 0)])])),
        ("nothing", place(&[Target::new("/nothing", &[("GET", 2)])])),
        ("spin", place(&[Target::new("/spin", &[("GET", 1)])])),
    ],
    ..RouteNode::EMPTY
};

/// What `/nap` sleeps, and `/spin` computes.
const WORK: Duration = Duration::from_millis(5);

/// How much is computed in that time, where nobody else has the CPU: on a busy one, as much takes longer.
static ROUNDS: LazyLock<u32> = LazyLock::new(|| {
    let trial = 1_000_000;
    let trials = (0..200).map(|_| {
        let begun = Instant::now();
        compute(trial);
        begun.elapsed()
    });
    let alone = trials.min().expect("there are trials");
    (f64::from(trial) * WORK.as_secs_f64() / alone.as_secs_f64()) as u32
});

fn compute(rounds: u32) {
    for round in 0..rounds {
        black_box(round);
    }
}

/// How long each load lasts, and how many clients make it.
const LOAD: Duration = Duration::from_secs(4);
const CLIENTS: usize = 32;

static ENDPOINTS: Endpoints<()> = &[&Work::Nap, &Work::Spin, &Work::Nothing];

enum Work {
    Nap,
    Spin,
    Nothing,
}

impl Endpoint<()> for Work {
    fn answer(
        &'static self,
        _handler: Arc<()>,
        _incoming: Incoming,
    ) -> BoxFuture<'static, Result<Response, HttpError>> {
        Box::pin(async move {
            match self {
                Self::Nap => tokio::time::sleep(WORK).await,
                Self::Spin => compute(*ROUNDS),
                Self::Nothing => {}
            }
            Ok(respond::empty(StatusCode::NO_CONTENT))
        })
    }
}

/// One replica, or up to four that follow the load soon; a replica does four requests at once.
fn service(replicas: u32) -> Service {
    let service = Service::with_factory(&DESCRIPTION, &ROUTES, ENDPOINTS, async || Ok::<_, std::io::Error>(()));
    let service = service.num_cpus(0.25).max_replicas(replicas).max_concurrent_queries(4);
    service
        .target_num_ongoing_requests_per_replica(4.0)
        .upscale_delay(Duration::from_millis(500))
        .downscale_delay(Duration::from_millis(500))
        .look_back_period(Duration::from_millis(500))
}

/// The latencies of answers, sorted, and how many requests were not answered with 204.
async fn load(address: std::net::SocketAddr, target: &'static str) -> (Vec<Duration>, usize) {
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        clients.spawn(async move {
            let (mut latencies, mut failed) = (Vec::new(), 0);
            let mut client = Client::to(address).await;
            let begun = Instant::now();
            while begun.elapsed() < LOAD {
                let asked = Instant::now();
                failed += usize::from(client.request("GET", target, &[], "").await.status != 204);
                latencies.push(asked.elapsed());
            }
            (latencies, failed)
        });
    }
    let (latencies, failed): (Vec<_>, Vec<_>) = clients.join_all().await.into_iter().unzip();
    let mut latencies = latencies.concat();
    latencies.sort_unstable();
    (latencies, failed.into_iter().sum())
}

/// How many replicas served at a time.
type Seen = (Duration, u64);

/// Notes how many replicas serve, again and again, until `is_over`.
async fn watch(admin: std::net::SocketAddr, is_over: Arc<AtomicBool>) -> Vec<Seen> {
    let (begun, mut seen) = (Instant::now(), Vec::new());
    while !is_over.load(Ordering::Relaxed) {
        let flow = Client::to(admin).await.request("GET", "/flow", &[], "").await.json();
        seen.push((begun.elapsed(), flow["services"][0]["replicas"]["serving"].as_u64().expect("a number")));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    seen
}

/// The counts one after the other, each with the second that it begins at.
fn steps(seen: &[Seen]) -> String {
    let mut seen = seen.to_vec();
    seen.dedup_by_key(|(_, count)| *count);
    let steps = seen.iter().map(|(at, count)| format!("{count} ({:.1} s)", at.as_secs_f64()));
    steps.collect::<Vec<_>>().join(" → ")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it measures"]
async fn one_replica_and_replicas_that_follow_the_load() {
    LazyLock::force(&ROUNDS);
    println!("| handler | replicas | requests/s | p50 ms | p99 ms | failed | replicas over time |");
    println!("| --- | --- | --: | --: | --: | --: | --- |");
    for target in ["/nap", "/spin"] {
        for replicas in [1, 4] {
            let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
            let admin = free.expect("a free port");
            let server = Server::start(Flow::new().admin(admin.to_string()).add_service(service(replicas))).await;
            assert_eq!(server.request("GET", "/nothing", &[], "").await.status, 204);
            let is_over = Arc::new(AtomicBool::new(false));
            let watching = tokio::spawn(watch(admin, Arc::clone(&is_over)));
            let (latencies, failed) = load(server.address, target).await;
            // As long again without any, so that there are fewer.
            tokio::time::sleep(LOAD).await;
            is_over.store(true, Ordering::Relaxed);
            let seen = watching.await.expect("the replicas were counted");
            let rate = latencies.len() as f64 / LOAD.as_secs_f64();
            let millis = |share: usize| latencies[latencies.len() * share / 100].as_secs_f64() * 1000.0;
            let (middle, most) = (millis(50), millis(99));
            let over_time = steps(&seen);
            println!("| {target} | {replicas} | {rate:.0} | {middle:.1} | {most:.1} | {failed} | {over_time} |");
            assert_eq!(failed, 0);
            assert_eq!(seen.iter().map(|(_, count)| *count).max(), Some(u64::from(replicas)));
            assert_eq!(seen.last().map(|(_, count)| *count), Some(1));
        }
    }
}

/// The CPU time of this process, of all its threads: in ticks of 10 ms (proc(5)).
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux tells");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: u64 = fields[11..13].iter().filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

#[tokio::test]
#[ignore = "it measures"]
async fn what_the_way_to_a_replica_costs() {
    const REQUESTS: u32 = 200_000;
    let mut costs = Vec::new();
    for (name, options) in
        [("default options", ServiceOptions::new()), ("a replica", ServiceOptions::new().num_cpus(0.5))]
    {
        let service = Service::new(&DESCRIPTION, &ROUTES, ENDPOINTS, ()).options(options);
        let mut flow = Flow::new().add_service(service).into_service().expect("a flow");
        let mut cost = Duration::MAX;
        // The first round is the one that warms up.
        for _ in 0..3 {
            let begun = cpu_time();
            for _ in 0..REQUESTS {
                let request = http::Request::get("/nothing");
                let request = request.body(axum::body::Body::empty()).expect("a request");
                assert_eq!(flow.call(request).await.expect("an answer").status(), StatusCode::NO_CONTENT);
            }
            cost = cost.min(cpu_time() - begun);
        }
        println!("{name}: {:.2} µs of CPU a request", cost.as_secs_f64() * 1e6 / f64::from(REQUESTS));
        costs.push(cost);
    }
    println!("ratio: {:.2}", costs[1].as_secs_f64() / costs[0].as_secs_f64());
}
