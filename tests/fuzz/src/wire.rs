//! Bytes to a server over a connection: it answers, or ends the connection, and goes on.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::LazyLock;
use std::time::Duration;

use buildflow_runtime::Flow;

use crate::service::{self, RUNTIME};

/// How long a server is silent that has nothing more to say.
const SILENCE: Duration = Duration::from_millis(5);

/// How long it may take to close a connection that the client has closed.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where the server is.
static SERVER: LazyLock<SocketAddr> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("a listener");
    let address = listener.local_addr().expect("its address");
    let flow = Flow::new().add_service(service::service()).trusted_proxies(["127.0.0.0/8"]);
    RUNTIME.spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
        flow.serve(listener, std::future::pending()).await
    });
    address
});

pub(crate) const WORDS: &[&str] = &[
    "GET /cookies HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /thing HTTP/1.1\r\n",
    "Content-Length: 2\r\n",
    "Content-Length: 0\r\n",
    "Transfer-Encoding: chunked\r\n",
    "0\r\n\r\n",
    "2\r\n{}\r\n",
    "Connection: close\r\n",
    "Connection: keep-alive\r\n",
    "Expect: 100-continue\r\n",
    "Upgrade: websocket\r\n",
    "Host: b\r\n",
    "X-Forwarded-For: 1.2.3.4, 5.6.7.8\r\n",
    "Forwarded: for=1.2.3.4;proto=https\r\n",
    "X-Forwarded-Host: c\r\n",
    "Content-Encoding: zstd\r\n",
    "Content-Encoding: br\r\n",
    "Content-Encoding: gzip\r\n",
    "Accept: */*;q=0\r\n",
    "Range: bytes=0-\r\n",
    "\r\n\r\n",
    " HTTP/1.0\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "Origin: https://example.com\r\n",
    "Access-Control-Request-Method: POST\r\n",
    "OPTIONS ",
    "HEAD ",
    "/openapi.json",
    "/docs",
];

pub(crate) fn run(input: &[u8]) {
    let answers = exchange(input);
    for answer in answers.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"HTTP/1.1 5")) {
        let is_said = [b"HTTP/1.1 501", b"HTTP/1.1 505"].iter().any(|known| answer.starts_with(*known));
        assert!(is_said, "{}", String::from_utf8_lossy(&answers));
    }
    let mut alive = Vec::new();
    let mut stream = TcpStream::connect(*SERVER).expect("the server listens");
    stream.write_all(b"GET /cookies HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").expect("the server reads");
    assert!(reads(&mut stream, &mut alive, PATIENCE), "the server neither answers nor closes");
    assert!(alive.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&alive));
}

/// Sends bytes; what is answered until the server closes, or, once it has nothing to say, until the client does.
fn exchange(input: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(*SERVER).expect("the server listens");
    let mut answers = Vec::new();
    // A server that does not read all of it may reset the connection.
    if stream.write_all(input).is_ok() && !reads(&mut stream, &mut answers, SILENCE) {
        let _ = stream.shutdown(Shutdown::Write);
        assert!(reads(&mut stream, &mut answers, PATIENCE), "the server neither answers nor closes");
    }
    answers
}

/// Reads until the server closes; not so where it says nothing for this time.
fn reads(stream: &mut TcpStream, answers: &mut Vec<u8>, silence: Duration) -> bool {
    stream.set_read_timeout(Some(silence)).expect("a timeout");
    match stream.read_to_end(answers) {
        Ok(_) => true,
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let json = r#"{"name":"a","kind":"small"}"#;
    let post = format!(
        "POST /thing HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{json}",
        json.len()
    );
    let chunked = format!(
        "POST /thing HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{:x};a=b\r\n{json}\r\n0\r\nx: y\r\n\r\n",
        json.len()
    );
    let get = "GET /query/1/a%2Fb?text=abc HTTP/1.1\r\nHost: a\r\nX-Uuid: 00000000-0000-0000-0000-000000000000\r\nCookie: session=a.b\r\n\r\n";
    let preflight = "OPTIONS /thing HTTP/1.1\r\nHost: a\r\nOrigin: https://example.com\r\nAccess-Control-Request-Method: POST\r\n\r\n";
    let settings =
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\x08\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    let mut seeds: Vec<Vec<u8>> = [post.clone(), chunked, get.to_owned(), preflight.to_owned(), format!("{post}{get}")]
        .map(String::into_bytes)
        .into();
    seeds.push(settings);
    seeds
}
