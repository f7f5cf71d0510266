//! Clients that do not take what they are sent, stay without a request, or come in numbers.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use buildflow_runtime::{Bytes, Flow, http};
use http_body_util::{BodyExt as _, Full};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::client::{Client, Server};
use crate::pets;

const SHORT: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(20);

/// How long `/whole` is.
const WHOLE: usize = 1 << 20;

/// Tells when an answer is dropped.
#[derive(Clone)]
struct Dropped(mpsc::UnboundedSender<()>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

/// The pets, and an answer without an end; the receiver hears of each that is dropped.
async fn endless(flow: impl FnOnce(Flow) -> Flow) -> (Server, mpsc::UnboundedReceiver<()>) {
    let (sender, dropped) = mpsc::unbounded_channel();
    let answer = get(move || async move {
        let told = Dropped(sender);
        let pieces = futures_util::stream::repeat_with(move || {
            let _ = &told;
            Ok::<_, std::io::Error>(Bytes::from_static(&[b'a'; 64 * 1024]))
        });
        Body::from_stream(pieces)
    });
    // An answer that is there as a whole.
    let whole = get(|| async { vec![b'a'; WHOLE] });
    let service = pets::service().merge(Router::new().route("/endless", answer).route("/whole", whole));
    (Server::start(flow(Flow::new().add_service(service))).await, dropped)
}

fn request(path: &str) -> http::Request<Full<Bytes>> {
    http::Request::get(format!("http://test{path}")).body(Full::default()).unwrap()
}

async fn is_answered(client: &mut Client) -> bool {
    client.request("GET", "/pets/1", &[], "").await.status == 200
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_disconnected() {
    let (server, mut dropped) = endless(|flow| flow.write_timeout(SHORT)).await;
    let mut client = server.connect().await;
    client.send("GET /endless HTTP/1.1\r\nhost: a\r\n\r\n").await;
    tokio::time::timeout(PATIENCE, dropped.recv()).await.expect("the answer is dropped");
}

#[tokio::test]
async fn a_client_that_takes_a_little_is_not() {
    let (server, mut dropped) = endless(|flow| flow.write_timeout(SHORT)).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET /endless HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let mut piece = vec![0; 4 << 20];
    for _ in 0..10 {
        tokio::time::sleep(SHORT / 4).await;
        stream.read_exact(&mut piece).await.expect("the answer goes on");
    }
    assert!(dropped.try_recv().is_err());
}

#[tokio::test]
async fn a_stream_of_http2_that_is_not_taken_is_reset_and_others_go_on() {
    let (server, mut dropped) = endless(|flow| flow.write_timeout(SHORT)).await;
    let mut sender = server.http2(0).await;
    let stalled = sender.send_request(request("/endless")).await.unwrap();
    tokio::time::timeout(PATIENCE, dropped.recv()).await.expect("the answer is dropped");
    assert!(stalled.into_body().collect().await.is_err());
    // No answer but this one needs no window.
    assert_eq!(sender.send_request(request("/slow")).await.unwrap().status(), 204);
}

#[tokio::test]
async fn a_stream_is_reset_where_an_answer_that_is_there_is_not_taken() {
    let (server, _) = endless(|flow| flow.write_timeout(SHORT)).await;
    let mut sender = server.http2(1).await;
    let stalled = sender.send_request(request("/whole")).await.unwrap();
    tokio::time::sleep(SHORT * 5).await;
    assert!(stalled.into_body().collect().await.is_err());
}

#[tokio::test]
async fn who_takes_an_answer_of_http2_slowly_is_not_idle() {
    let (server, _) = endless(|flow| flow.idle_timeout(SHORT)).await;
    let mut sender = server.http2(1 << 15).await;
    let mut body = sender.send_request(request("/whole")).await.unwrap().into_body();
    // Also where the server stops meanwhile.
    let mut stopped = None;
    let mut server = Some(server);
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        length += frame.expect("the answer goes on").into_data().map_or(0, |data| data.len());
        tokio::time::sleep(SHORT / 8).await;
        if length > WHOLE / 2
            && let Some(server) = server.take()
        {
            stopped = Some(server.stop());
        }
    }
    assert_eq!(length, WHOLE);
    stopped.expect("it was told to").await.unwrap().unwrap();
}

#[tokio::test]
async fn a_head_begins_with_its_first_line() {
    let (server, _) = endless(|flow| flow.header_read_timeout(SHORT)).await;
    let (mut idle, mut late) = (server.connect().await, server.connect().await);
    assert!(is_answered(&mut idle).await);
    idle.send("\r\n").await;
    // A head may have begun together with the end of the request before it.
    late.send("GET /pets/1 HTTP/1.1\r\nhost: a\r\n\r\nGET /pets/2 HT").await;
    assert_eq!(late.answer().await.status, 200);
    let began = Instant::now();
    assert!(late.is_closed().await);
    assert!(began.elapsed() < PATIENCE / 2, "{:?}", began.elapsed());
    assert!(is_answered(&mut idle).await);
}

#[tokio::test]
async fn a_connection_without_a_request_stays_open_for_as_long_as_is_said() {
    let flow = |flow: Flow| flow.header_read_timeout(SHORT).idle_timeout(SHORT * 5);
    let (server, _) = endless(flow).await;
    let mut client = server.connect().await;
    for _ in 0..3 {
        assert!(is_answered(&mut client).await);
        tokio::time::sleep(SHORT * 2).await;
    }
    let began = Instant::now();
    assert!(client.is_closed().await);
    assert!((SHORT..PATIENCE / 2).contains(&began.elapsed()), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_later_head_has_its_time_limit_as_well() {
    let (server, _) = endless(|flow| flow.header_read_timeout(SHORT)).await;
    let mut client = server.connect().await;
    assert!(is_answered(&mut client).await);
    client.send("GET /pets/1 HT").await;
    let began = Instant::now();
    assert!(client.is_closed().await);
    assert!(began.elapsed() < PATIENCE / 2, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_connection_of_http2_ends_without_requests_and_with_age() {
    let unending = Duration::MAX;
    for limited in [|flow: Flow| flow.idle_timeout(SHORT), |flow: Flow| flow.connection_age(SHORT)] {
        let (server, _) = endless(|flow| limited(flow.idle_timeout(unending).connection_age(unending))).await;
        let mut sender = server.http2(1 << 16).await;
        assert_eq!(sender.send_request(request("/slow")).await.unwrap().status(), 204);
        let ended = async {
            while sender.ready().await.is_ok() {
                tokio::time::sleep(SHORT / 10).await;
            }
        };
        tokio::time::timeout(PATIENCE, ended).await.expect("the connection ends");
    }
}

#[tokio::test]
async fn idle_connections_make_room_for_others_and_busy_ones_do_not() {
    let (server, mut dropped) = endless(|flow| flow.max_connections(2)).await;
    let (mut idle, mut busy) = (server.connect().await, server.connect().await);
    assert!(is_answered(&mut idle).await);
    busy.send("GET /endless HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let mut third = server.connect().await;
    assert!(is_answered(&mut third).await);
    assert!(idle.is_closed().await);
    assert!(dropped.try_recv().is_err());
    // The place of a connection that ends is the next one's.
    drop(busy);
    assert!(is_answered(&mut server.connect().await).await);
}

/// What a client of HTTP/2 begins with: the preface, and settings that say nothing.
const HELLO: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

#[tokio::test]
async fn a_flood_of_frames_without_requests_ends_the_connection() {
    let (server, _) = endless(|flow| flow).await;
    let (ping, settings) = (&b"\0\0\x08\x06\0\0\0\0\0\0\0\0\0\0\0\0\0"[..], &b"\0\0\0\x04\0\0\0\0\0"[..]);
    for frame in [ping, settings] {
        let (mut reader, mut writer) = TcpStream::connect(server.address).await.unwrap().into_split();
        tokio::spawn(async move { tokio::io::copy(&mut reader, &mut tokio::io::sink()).await });
        writer.write_all(HELLO).await.unwrap();
        let frames = frame.repeat(4096);
        let flood = async { while writer.write_all(&frames).await.is_ok() {} };
        tokio::time::timeout(PATIENCE, flood).await.expect("the server ends the connection");
    }
    assert!(is_answered(&mut server.connect().await).await);
}

#[tokio::test]
async fn clients_are_told_how_many_streams_they_may_have() {
    let (server, _) = endless(|flow| flow.max_concurrent_streams(7)).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(HELLO).await.unwrap();
    let mut head = [0; 9];
    stream.read_exact(&mut head).await.unwrap();
    assert_eq!(head[3], 4, "settings come first");
    let mut settings = vec![0; usize::from(head[2])];
    stream.read_exact(&mut settings).await.unwrap();
    // SETTINGS_MAX_CONCURRENT_STREAMS (RFC 9113 §6.5.2).
    assert!(settings.chunks(6).any(|setting| setting == [0, 3, 0, 0, 0, 7]), "{settings:?}");
}
