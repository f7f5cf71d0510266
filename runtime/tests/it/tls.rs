//! TLS: protocols, certificates that change, and clients that never finish a handshake.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use buildflow_runtime::middleware::HttpsRedirect;
use buildflow_runtime::{Bytes, Flow, Tls, http};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertificateParams, KeyPair};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::client::{Server, WINDOW};
use crate::log::Log;
use crate::pets;

/// No test waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// A folder with `server.pem` and `server.key`, and the certificates that clients shall know.
pub(crate) struct Files {
    folder: tempfile::TempDir,
    known: Vec<CertificateDer<'static>>,
}

impl Files {
    pub(crate) fn new() -> Self {
        let mut files = Self { folder: tempfile::tempdir().expect("a folder"), known: Vec::new() };
        files.renew();
        files
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes another certificate with another key.
    fn renew(&mut self) -> CertificateDer<'static> {
        let key = KeyPair::generate().expect("a key");
        let certificate = CertificateParams::new(["localhost".to_owned()]).expect("a name").self_signed(&key);
        let certificate = certificate.expect("a certificate");
        self.write("server.key", &key.serialize_pem());
        self.write("server.pem", &certificate.pem());
        self.known.push(certificate.der().clone());
        certificate.der().clone()
    }

    /// In one step, as whoever renews certificates should.
    fn write(&self, name: &str, text: &str) {
        let new = self.path("new");
        fs::write(&new, text).and_then(|()| fs::rename(new, self.path(name))).expect("a file");
    }

    fn tls(&self) -> Tls {
        Tls::files(self.path("server.pem"), self.path("server.key")).reload_every(Duration::from_millis(20))
    }

    async fn connect(&self, server: &Server, protocols: &[&[u8]]) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        self.known.iter().for_each(|certificate| roots.add(certificate.clone()).expect("a root"));
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().expect("versions");
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        let name = ServerName::try_from("localhost").expect("a name");
        let tcp = TcpStream::connect(server.address).await?;
        TlsConnector::from(Arc::new(config)).connect(name, tcp).await
    }

    /// The certificate that a new connection is shown.
    async fn shown(&self, server: &Server) -> CertificateDer<'static> {
        let stream = self.connect(server, &[]).await.expect("a handshake");
        stream.get_ref().1.peer_certificates().expect("a certificate")[0].clone()
    }

    /// Waits until new connections are shown this certificate.
    async fn wait_for(&self, server: &Server, certificate: &CertificateDer<'_>) {
        let began = Instant::now();
        while self.shown(server).await != *certificate {
            assert!(began.elapsed() < PATIENCE, "the certificate does not change");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn get(path: &str) -> http::Request<Full<Bytes>> {
    http::Request::get(path).header("host", "localhost").body(Full::default()).expect("a request")
}

async fn http1(stream: TlsStream<TcpStream>) -> http1::SendRequest<Full<Bytes>> {
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("HTTP/1.1");
    tokio::spawn(connection);
    sender
}

async fn start(tls: Tls) -> Server {
    Server::start(Flow::new().tls(tls).layer(HttpsRedirect::new()).add_service(pets::service())).await
}

#[tokio::test]
async fn http1_and_http2_are_agreed_on_and_are_https() {
    let files = Files::new();
    let server = start(files.tls()).await;
    let stream = files.connect(&server, &[b"http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    let response = http1(stream).await.send_request(get("/pets/7")).await.unwrap();
    assert_eq!((response.version(), response.status().as_u16()), (http::Version::HTTP_11, 200));

    let stream = files.connect(&server, &[b"h2", b"http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let response = sender.send_request(get("https://localhost/pets/7")).await.unwrap();
    assert_eq!((response.version(), response.status().as_u16()), (http::Version::HTTP_2, 200));
}

#[tokio::test]
async fn a_redirect_leads_to_known_hosts_alone() {
    let layer = HttpsRedirect::new().hosts(["example.com", "*.example.com"]);
    let server = Server::start(Flow::new().layer(layer).add_service(pets::service())).await;
    for (host, status) in [("Example.com:80", 307), ("a.example.com", 307), ("evil.com", 400), ("evilexample.com", 400)]
    {
        let mut client = server.connect().await;
        client.send(&format!("GET /pets/1 HTTP/1.1\r\nhost: {host}\r\n\r\n")).await;
        assert_eq!(client.answer().await.status, status, "{host}");
    }
}

#[tokio::test]
async fn what_comes_without_tls_is_not_https_whatever_the_client_says() {
    let server = Server::start(Flow::new().layer(HttpsRedirect::new()).add_service(pets::service())).await;
    let mut sender = server.http2(WINDOW).await;
    let response = sender.send_request(get("https://localhost/pets/7")).await.unwrap();
    assert_eq!(response.status().as_u16(), 307);
}

#[tokio::test]
async fn a_protocol_that_is_not_spoken_is_refused() {
    let files = Files::new();
    let server = start(files.tls()).await;
    assert!(files.connect(&server, &[b"spdy/3"]).await.is_err());
    // So is no TLS at all; the next client is served.
    let mut plain = TcpStream::connect(server.address).await.unwrap();
    plain.write_all(b"GET /pets/7 HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    files.shown(&server).await;
}

#[tokio::test]
async fn a_certificate_that_changes_is_taken_over_and_connections_stay() {
    let mut files = Files::new();
    let server = start(files.tls()).await;
    let mut before = http1(files.connect(&server, &[]).await.unwrap()).await;
    let response = before.send_request(get("/pets/7")).await.unwrap();
    response.into_body().collect().await.unwrap();

    let log = Log::default();
    let guard = log.record();
    let renewed = files.renew();
    files.wait_for(&server, &renewed).await;
    drop(guard);
    assert_eq!(
        log.text().matches(" INFO buildflow_runtime::server::tls::acceptor: the TLS certificate has changed").count(),
        1
    );
    before.ready().await.unwrap();
    assert_eq!(before.send_request(get("/pets/8")).await.unwrap().status().as_u16(), 200);
}

#[tokio::test]
async fn what_is_new_and_unusable_changes_nothing() {
    let mut files = Files::new();
    let server = start(files.tls()).await;
    let first = files.shown(&server).await;
    let other = KeyPair::generate().unwrap().serialize_pem();
    let log = Log::default();
    let guard = log.record();
    for key in ["", "no key", &other] {
        files.write("server.key", key);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(files.shown(&server).await, first, "{key:?}");
    }
    drop(guard);
    // Each once, however often the files are looked at.
    assert_eq!(
        log.text().matches("ERROR buildflow_runtime::server::tls::acceptor: the TLS certificate stays").count(),
        3
    );
    fs::remove_file(files.path("server.pem")).unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(files.shown(&server).await, first);
    let renewed = files.renew();
    files.wait_for(&server, &renewed).await;
}

#[tokio::test]
async fn a_handshake_that_takes_too_long_is_broken_off() {
    let files = Files::new();
    let server = start(files.tls().handshake_timeout(Duration::from_millis(100))).await;
    for start in [&b""[..], &[0x16], &[0x16, 3, 1, 2, 0, 1]] {
        let mut client = TcpStream::connect(server.address).await.unwrap();
        client.write_all(start).await.unwrap();
        assert!(is_closed(&mut client).await, "{start:?}");
    }
}

#[tokio::test]
async fn clients_that_never_finish_a_handshake_keep_nobody_out() {
    let files = Files::new();
    let server = start(files.tls().handshake_timeout(PATIENCE * 2).pending_handshakes(4)).await;
    let mut idle = Vec::new();
    for _ in 0..20 {
        idle.push(TcpStream::connect(server.address).await.unwrap());
    }
    files.shown(&server).await;
    // There is place for four, of which one was the client that did finish: the seventeenth has made it.
    assert!(is_closed(&mut idle[16]).await);
    let last = tokio::time::timeout(Duration::from_millis(50), idle[19].read_u8()).await;
    assert!(last.is_err(), "the newest is still waited for");
}

/// Whether the server ends the connection.
async fn is_closed(client: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    tokio::time::timeout(PATIENCE, client.read_to_end(&mut rest)).await.is_ok()
}

#[tokio::test]
async fn files_that_cannot_be_used_are_told_at_the_start() {
    let files = Files::new();
    files.write("empty", "");
    files.write("other.key", &KeyPair::generate().unwrap().serialize_pem());
    files.write("broken.pem", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n");
    files.write("no.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    for (certificate, key, reason) in [
        ("missing", "server.key", "the certificate `missing` cannot be read: "),
        ("server.pem", "missing", "the key `missing` cannot be read: "),
        ("empty", "server.key", "`empty` has no certificate in PEM"),
        ("server.key", "server.key", "`server.key` has no certificate in PEM"),
        ("broken.pem", "server.key", "`broken.pem` is not PEM as it should be: "),
        ("no.pem", "server.key", "the certificate `no.pem` cannot be used with the key `server.key`: "),
        ("server.pem", "empty", "`empty` has no private key in PEM that is not encrypted"),
        ("server.pem", "server.pem", "`server.pem` has no private key in PEM that is not encrypted"),
        ("server.pem", "other.key", "the certificate `server.pem` cannot be used with the key `other.key`: "),
    ] {
        let error = refusal(Tls::files(files.path(certificate), files.path(key))).await;
        let said = error.replace(&format!("{}/", files.folder.path().display()), "");
        assert!(said.starts_with(&format!("the option `tls` cannot be used: {reason}")), "{said}");
    }
    let error = refusal(Tls::files("", Path::new("server.key"))).await;
    assert_eq!(error, "the option `tls` cannot be used: no file is named for the certificate");
}

async fn refusal(tls: Tls) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let served = Flow::new().tls(tls).add_service(pets::service()).serve(listener, async {}).await;
    served.unwrap_err().to_string()
}

#[test]
fn a_router_has_no_listener_for_tls() {
    let error = Flow::new().tls(Tls::files("a", "b")).into_router().unwrap_err();
    assert!(error.to_string().contains("without a listener"), "{error}");
}
