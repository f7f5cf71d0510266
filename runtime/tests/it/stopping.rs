//! The end of a server.

use std::time::{Duration, Instant};

use buildflow_runtime::Flow;
use tokio::net::TcpStream;

use crate::client::{Client, Server};
use crate::pets;

async fn start_slow(server: &Server) -> Client {
    let mut client = server.connect().await;
    client.send("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    client
}

#[tokio::test]
async fn a_request_in_flight_is_answered_and_no_other_is_taken() {
    let server = Server::pets().await;
    let address = server.address;
    let mut client = start_slow(&server).await;
    let served = server.stop();
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.header("connection")), (204, Some("close")));
    assert!(client.is_closed().await);
    served.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn connections_at_rest_do_not_hold_the_server() {
    let server = Server::pets().await;
    let silent = server.connect().await;
    let mut kept_alive = server.connect().await;
    kept_alive.request("GET", "/pets/1", &[], "").await;
    let began = Instant::now();
    server.stop().await.unwrap().unwrap();
    assert!(began.elapsed() < Duration::from_secs(5));
    assert!(kept_alive.is_closed().await);
    drop(silent);
}

#[tokio::test]
async fn what_is_not_done_within_the_grace_is_dropped() {
    let flow = Flow::new().add_service(pets::service()).shutdown_grace(Duration::from_millis(50));
    let server = Server::start(flow).await;
    let mut client = start_slow(&server).await;
    let began = Instant::now();
    server.stop().await.unwrap().unwrap();
    assert!(began.elapsed() < pets::SLOW);
    assert!(client.is_closed().await);
}
