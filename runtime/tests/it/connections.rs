//! Connections: protocols, and clients that dawdle.

use std::time::{Duration, Instant};

use buildflow_runtime::{Bytes, Flow, http};
use http_body_util::{BodyExt as _, Full};

use crate::client::{Server, WINDOW};
use crate::pets;

async fn impatient() -> Server {
    let flow = Flow::new().add_service(pets::service()).header_read_timeout(Duration::from_millis(100));
    Server::start(flow).await
}

#[tokio::test]
async fn http2_is_spoken_by_prior_knowledge() {
    let server = Server::pets().await;
    let mut sender = server.http2(WINDOW).await;
    for (path, status) in [("/pets/7", 200), ("/pets/0", 422), ("/panic", 500), ("/pets/8", 200)] {
        let request = http::Request::get(format!("http://test{path}")).body(Full::<Bytes>::default()).unwrap();
        let response = sender.send_request(request).await.unwrap();
        assert_eq!((response.version(), response.status().as_u16()), (http::Version::HTTP_2, status), "{path}");
        assert!(response.headers().contains_key("x-request-id"));
        response.into_body().collect().await.unwrap();
    }
}

#[tokio::test]
async fn a_host_that_is_not_the_authority_is_refused_in_http2() {
    let server = Server::pets().await;
    let mut sender = server.http2(WINDOW).await;
    for (hosts, status) in [(&["Test"][..], 200), (&["other"], 400), (&["test", "test"], 400), (&["test:80"], 400)] {
        let mut request = http::Request::get("http://test/pets/7").body(Full::<Bytes>::default()).unwrap();
        for host in hosts {
            request.headers_mut().append("host", host.parse().unwrap());
        }
        assert_eq!(sender.send_request(request).await.unwrap().status(), status, "{hosts:?}");
    }
}

#[tokio::test]
async fn a_client_that_dawdles_is_disconnected() {
    let server = impatient().await;
    // Nothing at all, a part of HTTP/2's preface, a part of a head.
    for start in ["", "P", "PRI * HTTP/2.0\r\n", "GET /pets/1 HTTP/1.1\r\nhost:"] {
        let began = Instant::now();
        let mut client = server.connect().await;
        client.send(start).await;
        assert!(client.is_closed().await, "{start:?}");
        assert!(began.elapsed() < Duration::from_secs(5), "{start:?}");
    }
}

#[tokio::test]
async fn a_client_that_drips_a_head_is_disconnected() {
    let server = impatient().await;
    let mut client = server.connect().await;
    let began = Instant::now();
    let mut head = "GET /pets/1 HTTP/1.1\r\nhost: a\r\nx-more: ".chars().chain(std::iter::repeat('a'));
    while client.try_send(&head.next().unwrap().to_string()).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(began.elapsed() < Duration::from_secs(5), "the server is still listening");
    }
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn a_head_that_comes_in_parts_is_put_together() {
    let server = Server::pets().await;
    let mut client = server.connect().await;
    for part in ["G", "E", "T /pets/1 HT", "TP/1.1\r\nhost: a\r\n", "\r\n"] {
        client.send(part).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(client.answer().await.status, 200);
}

#[tokio::test]
async fn requests_that_are_sent_ahead_are_answered_in_turn() {
    let server = Server::pets().await;
    let mut client = server.connect().await;
    client.send("GET /pets/1 HTTP/1.1\r\nhost: a\r\n\r\nGET /pets/2 HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert_eq!(client.answer().await.json()["id"], 1);
    assert_eq!(client.answer().await.json()["id"], 2);
}

#[tokio::test]
async fn what_is_not_http_is_no_more_than_a_400() {
    let server = Server::pets().await;
    let mut client = server.connect().await;
    client.send("\u{16}\u{3}\u{1} hello\r\n\r\n").await;
    assert_eq!(client.answer().await.status, 400);
    assert_eq!(server.request("GET", "/pets/1", &[], "").await.status, 200);
}
