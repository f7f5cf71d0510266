//! A server on a free port, and a client that says exactly what a test tells it to.

use std::net::SocketAddr;
use std::time::Duration;

use buildflow_runtime::{Bytes, Error, Flow};
use http_body_util::Full;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::pets;

/// The window of a stream that HTTP/2 begins with (RFC 9113 §6.9.2).
pub(crate) const WINDOW: u32 = 65_535;

/// No test waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Server {
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), Error>>,
}

impl Server {
    pub(crate) async fn start(flow: Flow) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(flow.serve(listener, async {
            let _ = stopped.await;
        }));
        Self { address, stop, served }
    }

    /// A server of the pets.
    pub(crate) async fn pets() -> Self {
        Self::start(Flow::new().add_service(pets::service())).await
    }

    /// A connection that speaks HTTP/2 by prior knowledge; the window of each stream is so large.
    pub(crate) async fn http2(&self, window: u32) -> SendRequest<Full<Bytes>> {
        let io = TokioIo::new(TcpStream::connect(self.address).await.expect("a connection"));
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.initial_stream_window_size(window);
        let (sender, connection) = builder.handshake(io).await.expect("HTTP/2");
        tokio::spawn(connection);
        sender
    }

    pub(crate) async fn connect(&self) -> Client {
        Client::to(self.address).await
    }

    /// One request on a connection of its own.
    pub(crate) async fn request(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.connect().await.request(method, target, headers, body).await
    }

    /// One JSON body on a connection of its own.
    pub(crate) async fn json(&self, method: &str, target: &str, body: &str) -> Answer {
        self.request(method, target, &[("content-type", "application/json")], body).await
    }

    /// Asks the server to stop.
    pub(crate) fn stop(self) -> JoinHandle<Result<(), Error>> {
        let _ = self.stop.send(());
        self.served
    }
}

pub(crate) struct Client {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Client {
    pub(crate) async fn to(address: SocketAddr) -> Self {
        Self { stream: TcpStream::connect(address).await.expect("a connection"), unread: Vec::new() }
    }

    /// Sends text as it is.
    pub(crate) async fn send(&mut self, text: &str) {
        self.try_send(text).await.expect("the server reads");
    }

    /// Sends text to a server that may be gone.
    pub(crate) async fn try_send(&mut self, text: &str) -> std::io::Result<()> {
        self.stream.write_all(text.as_bytes()).await
    }

    pub(crate) async fn request(&mut self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        let head = format!("{method} {target} HTTP/1.1\r\nhost: localhost\r\n{headers}{length}\r\n");
        self.send(&format!("{head}{body}")).await;
        self.answer_to(method).await
    }

    pub(crate) async fn answer(&mut self) -> Answer {
        self.answer_to("GET").await
    }

    async fn answer_to(&mut self, method: &str) -> Answer {
        let end = loop {
            if let Some(end) = self.unread.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            assert!(self.receive().await > 0, "no answer: {:?}", String::from_utf8_lossy(&self.unread));
        };
        let head = String::from_utf8(self.unread.drain(..end).collect()).expect("a head is text");
        let mut answer = Answer::of(&head);
        let length = answer.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let length = if method == "HEAD" { 0 } else { length };
        while self.unread.len() < length {
            assert!(self.receive().await > 0, "half an answer");
        }
        answer.body = self.unread.drain(..length).collect();
        answer
    }

    /// Sends bytes as they are, as far as the server reads them, and gives all that it answers until it closes.
    pub(crate) async fn all(self, sent: &[u8]) -> String {
        let (mut reader, mut writer) = self.stream.into_split();
        let sent = sent.to_vec();
        let sending = tokio::spawn(async move {
            let _ = writer.write_all(&sent).await;
            writer
        });
        let mut answers = Vec::new();
        // A server that does not read all that was sent resets the connection; what it has said before is there.
        let _ = tokio::time::timeout(PATIENCE, reader.read_to_end(&mut answers)).await.expect("the server closes");
        drop(sending.await);
        String::from_utf8_lossy(&answers).into_owned()
    }

    /// Whether the server ends the connection without another word.
    pub(crate) async fn is_closed(&mut self) -> bool {
        self.receive().await == 0
    }

    async fn receive(&mut self) -> usize {
        let received = tokio::time::timeout(PATIENCE, self.stream.read_buf(&mut self.unread)).await;
        received.expect("the server reacts").unwrap_or(0)
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    fn of(head: &str) -> Self {
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status line");
        let pairs = lines.filter_map(|line| line.split_once(": "));
        let headers = pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Self { status, headers, body: Vec::new() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of a header.
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a text")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// Status, and the violations of a problem as `in at code`, sorted.
    pub(crate) fn problem(&self) -> (u16, Vec<String>) {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        let said = |error: &Value, name: &str| error[name].as_str().map(str::to_owned);
        let mut told: Vec<String> = errors
            .iter()
            .map(|error| {
                let at = said(error, "name").or_else(|| said(error, "pointer")).expect("a place");
                let message = said(error, "message").expect("a message");
                assert!(!message.is_empty());
                format!("{} {at} {}", said(error, "in").expect("a location"), said(error, "code").expect("a code"))
            })
            .collect();
        told.sort();
        (self.status, told)
    }
}
