//! The admin listener, over TCP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, UNIX_EPOCH};

use buildflow_runtime::http::HeaderValue;
use buildflow_runtime::middleware::Deprecation;
use buildflow_runtime::{Flow, LogLevel, Service};
use serde_json::{Value, json};

use crate::client::{Answer, Client, Server};
use crate::pets;
use crate::replicas::{self, NAP};

/// A flow with an admin listener, on a port that was free a moment ago.
async fn start(flow: Flow) -> (Server, SocketAddr) {
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let admin = free.expect("a free port");
    // A port alone is one of the loopback address.
    let server = Server::start(flow.admin(admin.port().to_string())).await;
    for _ in 0..200 {
        if std::net::TcpStream::connect(admin).is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    (server, admin)
}

async fn ask(admin: SocketAddr, method: &str, target: &str, body: &str) -> Answer {
    Client::to(admin).await.request(method, target, &[], body).await
}

async fn get(admin: SocketAddr, target: &str) -> Answer {
    ask(admin, "GET", target, "").await
}

/// Waits until a service of `/flow` is as wanted.
async fn until(admin: SocketAddr, service: usize, wanted: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let told = get(admin, "/flow").await.json()["services"][service].take();
        if wanted(&told) {
            return told;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{told}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn requests_are_counted_by_route_method_and_class() {
    let (server, admin) = start(Flow::new().add_service(pets::service())).await;
    for id in ["1", "2", "none"] {
        server.request("GET", &format!("/pets/{id}"), &[], "").await;
    }
    server.request("BREW", "/pets/1?secret=4711", &[], "").await;
    server.request("GET", "/nowhere/4711", &[], "").await;
    server.request("GET", "/failing", &[], "").await;
    let told = get(admin, "/flow").await.json()["services"][0].take();
    let rate = |name: &str| told[name].as_f64().unwrap_or_default();
    assert!(rate("requests_per_second") > rate("failures_per_second") && rate("failures_per_second") > 0.0, "{told}");
    let metrics = get(admin, "/metrics").await;
    assert!(metrics.header("content-type").is_some_and(|kind| kind.starts_with("application/openmetrics-text")));
    let text = metrics.text();
    for line in [
        r#"buildflow_requests_total{service="pets",method="GET",route="/pets/{id}",status="2xx"} 2"#,
        r#"buildflow_requests_total{service="pets",method="GET",route="/pets/{id}",status="4xx"} 1"#,
        r#"buildflow_requests_total{service="pets",method="OTHER",route="/pets/{id}",status="4xx"} 1"#,
        r#"buildflow_requests_total{service="pets",method="GET",route="-",status="4xx"} 1"#,
        r#"buildflow_requests_total{service="pets",method="GET",route="/failing",status="5xx"} 1"#,
        r#"buildflow_request_duration_seconds_count{service="pets",method="GET",route="/pets/{id}"} 3"#,
        r#"buildflow_requests_in_flight{service="pets"} 0"#,
    ] {
        assert!(text.contains(line), "{line} is missing: {text}");
    }
    // What clients make up is no label.
    assert!(!text.contains("4711") && !text.contains("BREW") && text.ends_with("# EOF\n"), "{text}");
}

#[tokio::test]
async fn options_and_their_sources_are_seen() {
    let service = pets::service().service_id("seen").max_queued_requests(7).body_limit(512).log_level(LogLevel::Warn);
    let (_server, admin) = start(Flow::new().add_service(service)).await;
    assert_eq!(ask(admin, "PUT", "/services/seen/log_level", "ERROR").await.status, 204);
    let told = get(admin, "/flow").await.json()["services"][0]["options"].take();
    let option = |value, source: &str| json!({"value": value, "source": source});
    assert_eq!(told["max_queued_requests"], option(json!(7), "from code"));
    assert_eq!(told["upscale_delay"], option(json!(30.0), "the default"));
    assert_eq!(told["body_limit"], option(json!(512), "from code"));
    assert_eq!(told["upload_limit"], option(json!(null), "the default"));
    assert_eq!(told["log_level"], option(json!("ERROR"), "from code"));
    assert_eq!(told.as_object().map(serde_json::Map::len), Some(16));
}

#[tokio::test]
async fn replicas_and_what_they_do_are_seen() {
    let (service, _) = replicas::service();
    let service = service.num_replicas(2).max_replicas(2).max_concurrent_queries(1).base_route("/work");
    let (server, admin) = start(Flow::new().add_service(pets::service()).add_service(service)).await;
    let told = until(admin, 1, |told| told["replicas"]["serving"] == 2).await;
    assert_eq!((&told["name"], &told["base_route"], &told["ready"]), (&json!("work"), &json!("/work"), &json!(true)));
    let mut clients = Vec::new();
    for _ in 0..3 {
        let mut client = server.connect().await;
        client.send("GET /work/sleep HTTP/1.1\r\nhost: a\r\n\r\n").await;
        clients.push(client);
    }
    let busy = until(admin, 1, |told| told["in_flight"] == 3 && told["queued"] == 1).await;
    let each = busy["replicas"]["in_flight"].as_array().expect("a list").iter().map(|replica| &replica["in_flight"]);
    assert_eq!(each.collect::<Vec<_>>(), [1, 1]);
    let text = get(admin, "/metrics").await.text().to_owned();
    assert!(text.contains(r#"buildflow_replicas{service="work",state="serving"} 2"#), "{text}");
    assert!(!text.contains(r#"buildflow_replicas{service="pets""#), "it has none: {text}");
    for client in &mut clients {
        assert_eq!(client.answer().await.status, 200);
    }
    let idle = until(admin, 1, |told| told["in_flight"] == 0).await;
    assert_eq!((&idle["requests"], &idle["queued"]), (&json!(3), &json!(0)));
}

#[tokio::test]
async fn a_stream_is_in_flight_until_its_end_without_replicas_as_well() {
    let (service, _) = replicas::service();
    let (server, admin) = start(Flow::new().add_service(service.num_cpus(1.0))).await;
    let mut streaming = server.connect().await;
    streaming.send("GET /stream HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert_eq!(streaming.answer().await.status, 200);
    assert_eq!(get(admin, "/flow").await.json()["services"][0]["in_flight"], 1);
    until(admin, 0, |told| told["in_flight"] == 0).await;
}

#[tokio::test]
async fn a_flow_is_ready_when_all_handlers_are_made_and_until_it_stops() {
    for replicas in [1, 2] {
        let is_there = Arc::new(AtomicBool::new(false));
        let database = Arc::clone(&is_there);
        let make = move || {
            let is_there = database.load(Ordering::SeqCst);
            async move { if is_there { Ok(()) } else { Err(std::io::Error::other("it is not there yet")) } }
        };
        let (work, _) = replicas::service_made(make);
        let service = work.num_replicas(replicas).max_replicas(replicas).base_route("/work");
        let service = if replicas == 1 { service } else { service.num_cpus(0.05) };
        let (server, admin) = start(Flow::new().add_service(pets::service()).add_service(service)).await;
        assert_eq!(get(admin, "/healthz").await.status, 200);
        let waiting = get(admin, "/readyz").await;
        let services = json!([{"name": "pets", "ready": true}, {"name": "work", "ready": false}]);
        assert_eq!((waiting.status, &waiting.json()["services"]), (503, &services));
        is_there.store(true, Ordering::SeqCst);
        until(admin, 1, |told| told["ready"] == true).await;
        assert_eq!(get(admin, "/readyz").await.status, 200);

        let mut client = server.connect().await;
        client.send("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await;
        until(admin, 0, |told| told["in_flight"] == 1).await;
        let served = server.stop();
        tokio::time::sleep(NAP / 5).await;
        let draining = get(admin, "/readyz").await;
        assert_eq!((draining.status, &draining.json()["draining"]), (503, &json!(true)));
        assert_eq!(client.answer().await.status, 204);
        served.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn it_answers_while_handlers_block_the_threads_of_the_flow() {
    let (service, _) = replicas::service();
    let (server, admin) = start(Flow::new().add_service(service.num_cpus(1.0))).await;
    let mut client = server.connect().await;
    // From another thread: this one is the flow's, and blocked.
    let asked = std::thread::spawn(move || {
        std::thread::sleep(NAP);
        let begun = Instant::now();
        let mut response = Vec::new();
        let mut stream = std::net::TcpStream::connect(admin).expect("it listens");
        std::io::Write::write_all(&mut stream, b"GET /flow HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            .expect("it reads");
        std::io::Read::read_to_end(&mut stream, &mut response).expect("it answers");
        (begun.elapsed(), String::from_utf8_lossy(&response).into_owned())
    });
    assert_eq!(client.request("GET", "/block", &[], "").await.status, 204);
    let (elapsed, response) = asked.join().expect("it was asked");
    assert!(elapsed < NAP * 3 && response.contains(r#""in_flight":1"#), "{elapsed:?} {response}");
}

#[tokio::test]
async fn log_levels_change_at_run_time() {
    let leveled = |service: Service| service.service_id("levelled").log_level(LogLevel::Error);
    let (_server, admin) = start(Flow::new().add_service(leveled(pets::service()))).await;
    let target = "/services/levelled/log_level";
    assert_eq!(ask(admin, "PUT", target, "debug").await.status, 204);
    assert_eq!(ask(admin, "PUT", target, "loud").await.problem().0, 400);
    assert_eq!(ask(admin, "PUT", target, &"x".repeat(1000)).await.problem().0, 400);
    assert_eq!(ask(admin, "PUT", "/services/none/log_level", "DEBUG").await.problem().0, 404);
    let refused = get(admin, target).await;
    assert_eq!((refused.status, refused.header("allow")), (405, Some("PUT")));
    assert_eq!(get(admin, "/").await.status, 404);
    assert_eq!(ask(admin, "POST", "/flow", "").await.status, 405);
}

#[tokio::test]
async fn what_is_deprecated_says_so_and_who_still_calls_is_counted() {
    let day = |days: u64| UNIX_EPOCH + Duration::from_secs(days * 86_400);
    let link = HeaderValue::from_static("<https://example.com/moved>; rel=\"deprecation\"");
    let layer = Deprecation::since(day(20_758)).sunset(day(20_970)).link(link);
    let service = pets::service().endpoint_layer("GET /pets/{id}", layer);
    let (server, admin) = start(Flow::new().add_service(service)).await;
    for agent in ["curl/8.5.0", "curl/9", "shop"] {
        let answer = server.request("GET", "/pets/1", &[("user-agent", agent)], "").await;
        assert_eq!(answer.header("deprecation"), Some("@1793491200"));
        assert_eq!(answer.header("sunset"), Some("Tue, 01 Jun 2027 00:00:00 GMT"));
        assert_eq!(answer.header("link"), Some("<https://example.com/moved>; rel=\"deprecation\""));
    }
    assert_eq!(server.request("GET", "/failing", &[], "").await.header("deprecation"), None);
    let answer = get(admin, "/metrics").await;
    let metrics = answer.text();
    for (client, calls) in [("curl", 2), ("shop", 1)] {
        let labels = format!("method=\"GET\",route=\"/pets/{{id}}\",client=\"{client}\"");
        let line = metrics
            .lines()
            .find(|line| line.starts_with("buildflow_deprecated_requests_total") && line.contains(&labels));
        assert!(line.is_some_and(|line| line.ends_with(&format!(" {calls}"))), "{metrics}");
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_listened_on_stops_the_flow() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let taken = listener.local_addr().expect("its address").to_string();
    let flow = Flow::new().add_service(pets::service()).admin(taken.clone());
    let other = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let error = flow.serve(other, std::future::pending()).await.expect_err("the port is taken").to_string();
    assert!(error.contains(&taken), "{error}");
}

#[tokio::test]
async fn on_a_loopback_address_it_answers_to_no_name_of_others() {
    let (_server, admin) = start(Flow::new().add_service(pets::service())).await;
    for (host, status) in [
        ("localhost", 200),
        ("LocalHost:9000", 200),
        ("127.0.0.1", 200),
        ("[::1]:80", 200),
        ("rebound.example.com", 421),
        ("localhost.example.com", 421),
        ("localhost@example.com", 421),
    ] {
        let mut client = Client::to(admin).await;
        client.send(&format!("GET /flow HTTP/1.1\r\nhost: {host}\r\n\r\n")).await;
        assert_eq!(client.answer().await.status, status, "{host}");
    }
}
