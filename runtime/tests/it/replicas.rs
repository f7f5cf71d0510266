//! Replicas over HTTP: which there are, what they hold, and what becomes of requests as they come and go.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use buildflow_runtime::generated::{
    Body, BoxFuture, Contract, Decoder, Description, Endpoint, Endpoints, Incoming, Response, RouteNode, Schemas,
    StatusCode, Target, respond,
};
use buildflow_runtime::{Flow, HttpError, Service};
use serde_json::json;
use tokio::task::JoinSet;

use crate::client::{Answer, Client, Server};
use crate::routes::{description, place};

static DESCRIPTION: Description = description("work", "Work", None);

static ROUTES: RouteNode = RouteNode {
    literals: &[
        ("block", place(&[Target::new("/block", &[("GET", 1)])])),
        ("kill", place(&[Target::new("/kill", &[("GET", 3)])])),
        ("large", place(&[Target::new("/large", &[("GET", 6)])])),
        ("panic", place(&[Target::new("/panic", &[("GET", 2)])])),
        ("read", place(&[Target::new("/read", &[("PUT", 5)])])),
        ("sleep", place(&[Target::new("/sleep", &[("GET", 0)])])),
        ("stream", place(&[Target::new("/stream", &[("GET", 4)])])),
    ],
    ..RouteNode::EMPTY
};

/// What `/sleep` takes.
pub(crate) const NAP: Duration = Duration::from_millis(100);

/// A handler value, which knows its number and how many requests it has at once.
struct Worker {
    number: usize,
    busy: AtomicUsize,
    most: Arc<AtomicUsize>,
}

impl Worker {
    async fn sleep(&self) -> Response {
        let busy = self.busy.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(busy, Ordering::SeqCst);
        tokio::time::sleep(NAP).await;
        self.busy.fetch_sub(1, Ordering::SeqCst);
        let thread = std::thread::current().name().map(str::to_owned);
        respond::json(StatusCode::OK, &json!({"replica": self.number, "thread": thread}))
    }
}

/// What is done, by the number of the endpoint.
struct Work(usize);

static ENDPOINTS: Endpoints<Worker> = &[&Work(0), &Work(1), &Work(2), &Work(3), &Work(4), &Work(5), &Work(6)];

impl Endpoint<Worker> for Work {
    fn answer(
        &'static self,
        worker: Arc<Worker>,
        incoming: Incoming,
    ) -> BoxFuture<'static, Result<Response, HttpError>> {
        match self.0 {
            0 => Box::pin(async move { Ok(worker.sleep().await) }),
            1 => Box::pin(async {
                std::thread::sleep(NAP * 5);
                Ok(respond::empty(StatusCode::NO_CONTENT))
            }),
            2 => Box::pin(async { panic!("the secret is 4711") }),
            3 => Box::pin(kill()),
            5 => Box::pin(read(incoming)),
            6 => Box::pin(async { Ok(Response::new(axum::body::Body::from(vec![b'a'; 32 << 20]))) }),
            _ => Box::pin(async {
                let pieces = futures_util::stream::unfold(0, |piece| async move {
                    tokio::time::sleep(NAP).await;
                    (piece < 3).then(|| (Ok::<_, std::io::Error>("piece"), piece + 1))
                });
                Ok(Response::new(axum::body::Body::from_stream(pieces)))
            }),
        }
    }
}

static SCHEMAS: Schemas = Schemas::new("{}");
static READ: Contract = Contract::new(&SCHEMAS).body(&[Body::new(&["text/plain"])]);

/// Gives a body back.
async fn read(incoming: Incoming) -> Result<Response, HttpError> {
    let mut decoder = Decoder::new(incoming, &READ);
    decoder.load().await?;
    let text = decoder.text().ok_or_else(|| decoder.reject())?;
    Ok(respond::json(StatusCode::OK, &text))
}

/// Ends the thread that it runs on: a timer's waker panics outside of any task.
async fn kill() -> Result<Response, HttpError> {
    struct Bomb;
    impl std::task::Wake for Bomb {
        fn wake(self: Arc<Self>) {
            panic!("the thread ends");
        }
    }
    let mut timer = Box::pin(tokio::time::sleep(Duration::from_millis(1)));
    let bomb = std::task::Waker::from(Arc::new(Bomb));
    let _ = timer.as_mut().poll(&mut std::task::Context::from_waker(&bomb));
    tokio::time::sleep(NAP * 10).await;
    Ok(respond::empty(StatusCode::NO_CONTENT))
}

/// A service whose handler values are made one a replica, and the most requests that one of them had at once.
pub(crate) fn service() -> (Service, Arc<AtomicUsize>) {
    let (service, most) = service_made(async || Ok(()));
    // Tests share the machine's CPUs.
    (service.num_cpus(0.05), most)
}

/// The same, once `ready` says so.
pub(crate) fn service_made<F>(ready: impl Fn() -> F + Send + Sync + 'static) -> (Service, Arc<AtomicUsize>)
where
    F: Future<Output = std::io::Result<()>> + Send,
{
    let (made, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let make = move || {
        let (number, most, ready) = (made.fetch_add(1, Ordering::SeqCst), Arc::clone(&seen), ready());
        async move {
            ready.await?;
            Ok::<_, std::io::Error>(Worker { number, busy: AtomicUsize::new(0), most })
        }
    };
    (Service::with_factory(&DESCRIPTION, &ROUTES, ENDPOINTS, make), most)
}

async fn requests(server: &Arc<Server>, target: &'static str, count: usize) -> Vec<Answer> {
    let mut answers = JoinSet::new();
    for _ in 0..count {
        let server = Arc::clone(server);
        answers.spawn(async move { server.request("GET", target, &[], "").await });
    }
    answers.join_all().await
}

async fn start(service: Service) -> Arc<Server> {
    Arc::new(Server::start(Flow::new().add_service(service)).await)
}

fn replicas(answers: &[Answer]) -> std::collections::BTreeSet<i64> {
    answers.iter().map(|answer| answer.json()["replica"].as_i64().expect("a number")).collect()
}

#[tokio::test]
async fn each_replica_has_a_handler_value_and_a_thread_of_its_own() {
    let (service, _) = service();
    let server = start(service.num_replicas(3).max_replicas(3)).await;
    requests(&server, "/sleep", 1).await;
    let answers = requests(&server, "/sleep", 60).await;
    assert_eq!(replicas(&answers).len(), 3);
    assert!(
        answers.iter().all(|answer| answer.json()["thread"].as_str().is_some_and(|name| name.starts_with("work-")))
    );
}

#[tokio::test]
async fn without_replicas_the_limit_of_requests_at_once_holds_as_well() {
    let (service, most) = service();
    // `service` has a share of a CPU, and with it a replica: this one has neither.
    let server = start(service.num_cpus(1.0)).await;
    let begun = std::time::Instant::now();
    let answers = requests(&server, "/sleep", 250).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "the others wait");
    assert_eq!(most.load(Ordering::SeqCst), 100);
    assert!(begun.elapsed() >= NAP * 3, "{:?}", begun.elapsed());
    assert!(!answers[0].text().contains("work-"), "{}", answers[0].text());
    // A stream has its place until it begins.
    let streams = requests(&server, "/stream", 150).await;
    assert!(streams.iter().all(|answer| answer.status == 200));
}

#[tokio::test]
async fn with_default_options_a_service_runs_on_the_threads_of_the_flow() {
    let (service, _) = service();
    let server = start(service.num_cpus(1.0)).await;
    let answers = requests(&server, "/sleep", 3).await;
    assert_eq!(replicas(&answers).len(), 1);
    let here = std::thread::current().name().map(str::to_owned);
    assert!(answers.iter().all(|answer| answer.json()["thread"].as_str() == here.as_deref()));
}

#[tokio::test]
async fn no_replica_has_more_in_flight_than_it_may_and_what_waits_is_answered() {
    let (service, most) = service();
    let server = start(service.num_replicas(2).max_replicas(2).max_concurrent_queries(3)).await;
    let answers = requests(&server, "/sleep", 30).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn past_the_queue_requests_are_told_to_come_back() {
    let (service, _) = service();
    let server = start(service.max_concurrent_queries(1).max_queued_requests(2)).await;
    assert_eq!(requests(&server, "/sleep", 1).await[0].status, 200);
    let answers = requests(&server, "/sleep", 10).await;
    let (answered, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!((answered.len(), refused.len()), (3, 7));
    assert!(refused.iter().all(|answer| answer.problem().0 == 503 && answer.header("retry-after") == Some("1")));
}

#[tokio::test]
async fn a_client_that_leaves_gives_its_place_in_the_queue_back() {
    let (service, _) = service();
    let server = start(service.max_concurrent_queries(1).max_queued_requests(1)).await;
    assert_eq!(requests(&server, "/sleep", 1).await[0].status, 200);
    let mut first = server.connect().await;
    first.send("GET /sleep HTTP/1.1\r\nhost: a\r\n\r\n").await;
    tokio::time::sleep(NAP / 5).await;
    let mut waiting = server.connect().await;
    waiting.send("GET /sleep HTTP/1.1\r\nhost: a\r\n\r\n").await;
    tokio::time::sleep(NAP / 5).await;
    drop(waiting);
    tokio::time::sleep(NAP / 5).await;
    assert_eq!(requests(&server, "/sleep", 1).await[0].status, 200);
    assert_eq!(first.answer().await.status, 200);
}

#[tokio::test]
async fn a_panic_costs_one_request() {
    let (service, _) = service();
    let server = start(service.max_concurrent_queries(1)).await;
    for _ in 0..3 {
        let answer = &requests(&server, "/panic", 1).await[0];
        assert_eq!(answer.status, 500);
        assert!(!answer.text().contains("4711"));
        assert_eq!(requests(&server, "/sleep", 1).await[0].status, 200);
    }
}

#[tokio::test]
async fn a_replica_whose_thread_ends_is_replaced_and_what_waited_is_answered() {
    let (service, _) = service();
    let server = start(service.max_concurrent_queries(1)).await;
    let before = replicas(&requests(&server, "/sleep", 1).await);
    let killing = tokio::spawn({
        let server = Arc::clone(&server);
        async move { requests(&server, "/kill", 1).await.remove(0).status }
    });
    tokio::time::sleep(NAP / 20).await;
    let answers = requests(&server, "/sleep", 5).await;
    assert_eq!(killing.await.unwrap(), 500);
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_ne!(replicas(&answers), before);
}

#[tokio::test]
async fn a_factory_that_fails_is_tried_again_and_requests_wait_for_it() {
    for replicas in [1, 2] {
        let attempts = AtomicUsize::new(0);
        let make = move || {
            let attempt = attempts.fetch_add(1, Ordering::SeqCst);
            async move {
                match attempt {
                    0 => Err(std::io::Error::other("the database is not there yet")),
                    1 => panic!("neither is the other"),
                    _ => Ok(Worker { number: attempt, busy: AtomicUsize::new(0), most: Arc::default() }),
                }
            }
        };
        let service = Service::with_factory(&DESCRIPTION, &ROUTES, ENDPOINTS, make);
        let service = if replicas == 1 { service } else { service.num_cpus(0.05) };
        let server = start(service.num_replicas(replicas).max_replicas(replicas)).await;
        assert!(requests(&server, "/sleep", 3).await.iter().all(|answer| answer.status == 200));
    }
}

#[tokio::test]
async fn replicas_follow_the_load_up_and_down_and_no_request_fails() {
    let (service, _) = service();
    let service = service
        .max_replicas(4)
        .max_concurrent_queries(4)
        .target_num_ongoing_requests_per_replica(2.0)
        .upscale_delay(Duration::from_millis(200))
        .downscale_delay(Duration::from_millis(300))
        .look_back_period(Duration::from_millis(300));
    let server = start(service).await;
    let begun = replicas(&requests(&server, "/sleep", 4).await).len();
    let mut seen = Vec::new();
    for _ in 0..20 {
        let answers = requests(&server, "/sleep", 12).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
        seen.extend(replicas(&answers));
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!((begun, seen.len()), (1, 4));
    // Requests go on while the replicas become fewer, and all are answered; at the end a single one is left.
    let mut last = Vec::new();
    for _ in 0..20 {
        let answers = requests(&server, "/sleep", 1).await;
        assert_eq!(answers[0].status, 200);
        last.extend(replicas(&answers));
    }
    last.reverse();
    last.truncate(5);
    last.dedup();
    assert_eq!(last.len(), 1);
}

#[tokio::test]
async fn threads_that_die_under_load_cost_no_other_request() {
    let (service, _) = service();
    let service = service
        .max_replicas(4)
        .max_concurrent_queries(1)
        .upscale_delay(Duration::ZERO)
        .downscale_delay(Duration::from_millis(300))
        .look_back_period(Duration::from_millis(300));
    let server = start(service).await;
    // A replica that begins with this one ends with it, and so does the request; there is no other at it.
    let killing = tokio::spawn({
        let server = Arc::clone(&server);
        async move {
            let mut killed = 0;
            for _ in 0..4 {
                killed += usize::from(requests(&server, "/kill", 1).await[0].status == 500);
                tokio::time::sleep(NAP).await;
            }
            killed
        }
    });
    let mut seen = std::collections::BTreeSet::new();
    while !killing.is_finished() || seen.len() < 5 {
        let answers = requests(&server, "/sleep", 8).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
        seen.extend(replicas(&answers));
    }
    assert_eq!(killing.await.unwrap(), 4);
    assert!(seen.len() > 4, "more replicas than there may be at once: {seen:?}");
}

#[tokio::test]
async fn a_stream_is_in_flight_until_its_end() {
    let (service, _) = service();
    let server = start(service.max_concurrent_queries(1)).await;
    let mut streaming = server.connect().await;
    streaming.send("GET /stream HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert_eq!(streaming.answer().await.status, 200);
    let begun = std::time::Instant::now();
    assert_eq!(requests(&server, "/sleep", 1).await[0].status, 200);
    assert!(begun.elapsed() >= NAP * 3, "{:?}", begun.elapsed());
}

/// A client that has sent half of a body.
async fn half_a_body(server: &Server) -> Client {
    let mut client = server.connect().await;
    client.send("PUT /read HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ncontent-length: 4\r\n\r\nha").await;
    client
}

async fn other_half(client: &mut Client) -> Answer {
    client.send("lf").await;
    client.answer().await
}

#[tokio::test]
async fn a_body_that_is_slow_to_come_keeps_no_place() {
    let (service, _) = service();
    let server = start(service.max_concurrent_queries(1)).await;
    let mut slow = Vec::new();
    for _ in 0..5 {
        slow.push(half_a_body(&server).await);
    }
    tokio::time::sleep(NAP).await;
    assert!(requests(&server, "/sleep", 3).await.iter().all(|answer| answer.status == 200));
    // Those that were left out return while others are there.
    let others = tokio::spawn({
        let server = Arc::clone(&server);
        async move { requests(&server, "/sleep", 5).await }
    });
    drop(slow.pop());
    for client in &mut slow {
        let answer = other_half(client).await;
        assert_eq!((answer.status, answer.json()), (200, json!("half")));
    }
    assert!(others.await.unwrap().iter().all(|answer| answer.status == 200));
}

#[tokio::test]
async fn as_many_slow_bodies_are_waited_for_as_requests_may_wait() {
    let (service, _) = service();
    let server = start(service.max_concurrent_queries(1).max_queued_requests(2)).await;
    let mut slow = Vec::new();
    for _ in 0..3 {
        slow.push(half_a_body(&server).await);
        tokio::time::sleep(NAP).await;
    }
    let mut last = slow.pop().expect("there are three");
    assert_eq!(last.answer().await.status, 503);
    for client in &mut slow {
        assert_eq!(other_half(client).await.status, 200);
    }
}

#[tokio::test]
async fn a_replica_that_should_end_waits_for_slow_bodies() {
    let (service, _) = service();
    let service = service
        .max_replicas(2)
        .upscale_delay(Duration::ZERO)
        .downscale_delay(Duration::from_millis(300))
        .look_back_period(Duration::from_millis(100));
    let server = start(service).await;
    while replicas(&requests(&server, "/sleep", 8).await).len() < 2 {}
    let mut slow = Vec::new();
    for _ in 0..8 {
        slow.push(half_a_body(&server).await);
    }
    tokio::time::sleep(NAP * 10).await;
    assert_eq!(replicas(&requests(&server, "/sleep", 1).await).len(), 1);
    for client in &mut slow {
        assert_eq!(other_half(client).await.status, 200);
    }
}

#[tokio::test]
async fn an_answer_that_is_there_keeps_no_place_while_the_client_takes_it() {
    let (service, _) = service();
    let server = start(service.max_concurrent_queries(1)).await;
    let mut unread = Vec::new();
    for _ in 0..3 {
        let mut client = server.connect().await;
        client.send("GET /large HTTP/1.1\r\nhost: a\r\n\r\n").await;
        unread.push(client);
    }
    assert_eq!(requests(&server, "/sleep", 1).await[0].status, 200);
    for client in &mut unread {
        assert_eq!(client.answer().await.body.len(), 32 << 20);
    }
}

#[tokio::test]
async fn a_server_that_stops_answers_what_it_has_accepted() {
    let (service, _) = service();
    let server = Server::start(Flow::new().add_service(service.max_concurrent_queries(1))).await;
    let mut clients = Vec::new();
    for _ in 0..4 {
        let mut client = server.connect().await;
        client.send("GET /sleep HTTP/1.1\r\nhost: a\r\n\r\n").await;
        clients.push(client);
    }
    tokio::time::sleep(NAP / 2).await;
    let served = server.stop();
    for client in &mut clients {
        assert_eq!(client.answer().await.status, 200);
    }
    served.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_service_that_blocks_its_threads_does_not_slow_another() {
    let (blocking, _) = service();
    let (other, _) = service();
    let flow = Flow::new()
        .add_service(blocking.base_route("/blocking").max_concurrent_queries(10))
        .add_service(other.base_route("/other").num_cpus(1.0));
    let server = Arc::new(Server::start(flow).await);
    requests(&server, "/blocking/sleep", 1).await;
    let blocked = tokio::spawn({
        let server = Arc::clone(&server);
        async move { requests(&server, "/blocking/block", 2).await }
    });
    tokio::time::sleep(NAP / 5).await;
    let begun = std::time::Instant::now();
    assert_eq!(requests(&server, "/other/sleep", 1).await[0].status, 200);
    assert!(begun.elapsed() < NAP * 4, "{:?}", begun.elapsed());
    assert!(blocked.await.unwrap().iter().all(|answer| answer.status == 204));
}

#[tokio::test]
async fn impossible_options_stop_the_flow_before_it_listens() {
    let error = |service: Service| {
        let started = Flow::new().add_service(service).into_router();
        started.map(|_| ()).expect_err("it is impossible").to_string()
    };
    assert!(error(service().0.min_replicas(2)).contains("`max_replicas` (1, the default)"));
    assert!(error(service().0.num_cpus(-1.0)).contains("`num_cpus`"));
    let twice =
        Flow::new().add_service(service().0.service_id("a")).add_service(service().0.service_id("a").base_route("/b"));
    assert!(twice.into_router().map(|_| ()).expect_err("they clash").to_string().contains("`/` and `/b`"));
}
