//! WebSockets, over a real connection.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ::talk::{Talker, talk};
use buildflow_runtime::middleware::{Any, Cors};
use buildflow_runtime::{Error, Flow};
use futures_util::{SinkExt as _, StreamExt as _};
use served::{Answer, Served};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

fn flow() -> Flow {
    Flow::new().add_service(talk::service(Talker::new(2)))
}

/// Talks to a server until all is said.
fn run(talk: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime can be made").block_on(talk);
}

/// A client, with the headers that the document asks for.
struct Client(WebSocketStream<TcpStream>);

impl Client {
    async fn open(address: SocketAddr, path: &str) -> Self {
        Self::try_open(address, path).await.expect("the handshake is good")
    }

    async fn try_open(address: SocketAddr, path: &str) -> Option<Self> {
        let mut request = format!("ws://{}{path}", address).into_client_request().expect("it is a request");
        request.headers_mut().insert("x-name", "parrot".parse().expect("it is a header"));
        request.headers_mut().insert("authorization", "Bearer letmein".parse().expect("it is a header"));
        let stream = TcpStream::connect(address).await.expect("the server listens");
        let (socket, answer) = client_async(request, stream).await.ok()?;
        assert_eq!(answer.status(), 101);
        Some(Self(socket))
    }

    async fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.expect("the server reads");
    }

    /// What comes next; at the end, the code of the close and its reason.
    async fn hear(&mut self) -> String {
        let heard = timeout(Duration::from_secs(10), self.0.next()).await.expect("something comes");
        match heard {
            Some(Ok(Message::Close(Some(frame)))) => format!("{} {}", u16::from(frame.code), frame.reason),
            Some(Ok(message)) => message.into_text().expect("it is text").to_string(),
            end => format!("{end:?}"),
        }
    }
}

fn refused(server: &Served, path: &str, headers: &[(&str, &str)]) -> Answer {
    let handshake = [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    server.request("GET", path, &[&handshake, headers].concat(), None)
}

const TOKEN: (&str, &str) = ("authorization", "Bearer letmein");
const NAME: (&str, &str) = ("x-name", "parrot");

#[test]
fn what_is_said_comes_back_as_query_and_header_ask_for_it() {
    let server = Served::start(flow());
    run(async {
        let mut client = Client::open(server.address(), "/echo?times=2").await;
        client.say("hello").await;
        assert_eq!((client.hear().await.as_str(), client.hear().await.as_str()), ("parrot: hello", "parrot: hello"));
        client.0.send(Message::binary("bytes")).await.expect("the server reads");
        assert_eq!(client.0.next().await.expect("it comes").expect("it comes whole"), Message::binary("bytes"));
    });
}

#[test]
fn how_the_handler_ends_is_why_the_socket_is_closed() {
    let server = Served::start(flow().body_limit(1_000));
    run(async {
        let long = "x".repeat(1_001);
        let ends = [
            ("end", "1000 "),
            ("close oddly", "1011 odd"),
            ("refuse", "1008 Enough."),
            ("panic", "1011 "),
            (long.as_str(), "1009 A message is too long."),
        ];
        for (said, heard) in ends {
            let mut client = Client::open(server.address(), "/echo").await;
            client.say(said).await;
            assert_eq!(client.hear().await, heard);
        }
        let mut client = Client::open(server.address(), "/echo").await;
        client.say("still there?").await;
        assert_eq!(client.hear().await, "parrot: still there?");
    });
}

#[test]
fn a_handshake_is_refused_before_the_socket_opens() {
    let server = Served::start(flow());
    let answer = refused(&server, "/echo?times=9", &[TOKEN]);
    let mut told = answer.violations();
    told.sort();
    assert_eq!(
        (answer.status, told),
        (422, ["header X-Name required", "query times maximum"].map(str::to_owned).to_vec())
    );
    assert_eq!(refused(&server, "/echo", &[TOKEN, ("x-name", "nobody")]).status, 409);
}

#[test]
fn bearer_credentials_open_a_web_socket() {
    let server = Served::start(flow());
    for credentials in [&[NAME][..], &[NAME, ("authorization", "Bearer guess")]] {
        let answer = refused(&server, "/echo", credentials);
        assert_eq!((answer.status, answer.header("www-authenticate").starts_with("Bearer")), (401, true));
    }
    run(async { drop(Client::open(server.address(), "/echo").await) });
}

#[test]
fn pages_of_other_origins_open_no_socket_unless_cors_allows_it() {
    let named = Cors::new().allow_origins(["https://app.example"]);
    let matched = Cors::new().allow_origin_regex("https://.*[.]example").expect("it is a pattern");
    let bare_wildcard = Cors::new().allow_origins(Any);
    let wildcard = bare_wildcard.clone().allow_credentials(true);
    let statuses = |cors: Option<Cors>| {
        let service = talk::service(Talker::new(2));
        let service = if let Some(cors) = cors { service.layer(cors) } else { service };
        let server = Served::start(Flow::new().add_service(service));
        let host = server.address().to_string();
        let own = format!("http://{host}");
        let opened = |origin: &[(&str, &str)]| {
            status_of(&server.raw(&handshake("/echo", &[origin, &[("Host", &host)]].concat())))
        };
        assert_eq!((opened(&[]), opened(&[("Origin", &own)])), (101, 101), "what is no page, and the server's own");
        ["https://app.example", "https://evil.org", "null"].map(|origin| opened(&[("Origin", origin)]))
    };
    assert_eq!(statuses(None), [403, 403, 403]);
    assert_eq!(statuses(Some(named)), [101, 403, 403]);
    assert_eq!(statuses(Some(matched)), [101, 403, 403]);
    assert_eq!(statuses(Some(bare_wildcard)), [403, 403, 403]);
    assert_eq!(statuses(Some(wildcard)), [101, 101, 101]);
}

/// A handshake as it is written, with these headers beside those that it needs.
fn handshake(path: &str, headers: &[(&str, &str)]) -> String {
    let needed = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        TOKEN,
        NAME,
    ];
    let lines: String =
        [&needed, headers].concat().iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("GET {path} HTTP/1.1\r\n{lines}\r\n")
}

fn status_of(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("it begins with a status")
}

#[test]
fn a_request_that_is_no_handshake_is_told_how_to_ask() {
    let server = Served::start(flow());
    let plain = server.request("GET", "/echo", &[TOKEN, NAME], None);
    assert_eq!((plain.status, plain.header("upgrade")), (426, "websocket"));
    let upgrade = [("connection", "upgrade"), ("upgrade", "websocket"), TOKEN, NAME];
    let key = ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    let old = server.request("GET", "/echo", &[&upgrade[..], &[key, ("sec-websocket-version", "8")]].concat(), None);
    assert_eq!((old.status, old.header("sec-websocket-version")), (426, "13"));
    let keyless = server.request("GET", "/echo", &[&upgrade[..], &[("sec-websocket-version", "13")]].concat(), None);
    assert_eq!(keyless.status, 400);
    let short = [&upgrade[..], &[("sec-websocket-version", "13"), ("sec-websocket-key", "dGhl")]].concat();
    assert_eq!(server.request("GET", "/echo", &short, None).status, 400);
}

/// A frame as clients send it: masked, with a mask of zeros.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).ok().filter(|length| *length < 126).expect("it is short");
    [&[first, 0x80 | length, 0, 0, 0, 0], payload].concat()
}

#[test]
fn fragments_are_one_message_also_with_a_ping_among_them() {
    let server = Served::start(flow().body_limit(1_000));
    run(async {
        let mut client = Client::open(server.address(), "/echo").await;
        let fragments = [frame(0x01, b"hel"), frame(0x89, b"there?"), frame(0x00, b""), frame(0x80, b"lo")];
        client.0.get_mut().write_all(&fragments.concat()).await.expect("the server reads");
        assert_eq!((client.hear().await.as_str(), client.hear().await.as_str()), ("there?", "parrot: hello"));
        let mut endless = frame(0x01, &[b'x'; 125]);
        (0..8).for_each(|_| endless.extend(frame(0x00, &[b'x'; 125])));
        client.0.get_mut().write_all(&endless).await.expect("the server reads");
        assert_eq!(client.hear().await, "1009 A message is too long.");
    });
}

#[test]
fn frames_that_break_the_protocol_close_the_socket() {
    let server = Served::start(flow());
    let (broken, not_text) = ("1002 The WebSocket protocol was broken.", "1007 A text message is not UTF-8.");
    let frames = [
        ("not masked", vec![0x81, 1, b'a'], broken),
        ("a reserved bit", frame(0xc1, b"a"), broken),
        ("an unknown kind", frame(0x83, b"a"), broken),
        ("a fragment of nothing", frame(0x80, b"a"), broken),
        ("a message within another", [frame(0x01, b"a"), frame(0x81, b"b")].concat(), broken),
        ("half a ping", frame(0x09, b"a"), broken),
        ("no text", frame(0x81, b"\xff"), not_text),
        (
            "too long",
            [&[0x82, 0xff][..], &(1_u64 << 40).to_be_bytes(), &[0; 4]].concat(),
            "1009 A message is too long.",
        ),
    ];
    run(async {
        for (what, bytes, heard) in frames {
            let mut client = Client::open(server.address(), "/echo").await;
            client.0.get_mut().write_all(&bytes).await.expect("the server reads");
            assert_eq!(client.hear().await, heard, "{what}");
        }
    });
}

#[test]
fn a_client_that_does_not_take_answers_to_its_pings_is_not_read() {
    /// More than both ends hold on the way.
    const MOST: usize = 64 * 1024 * 1024;
    let server = Served::start(flow());
    run(async {
        let mut client = Client::open(server.address(), "/echo").await;
        let pings = frame(0x89, &[b'x'; 125]).repeat(1_000);
        let mut sent = 0;
        while sent < MOST {
            let written = timeout(Duration::from_secs(2), client.0.get_mut().write_all(&pings)).await;
            let Ok(written) = written else { return };
            written.expect("the connection stays");
            sent += pings.len();
        }
        panic!("the server has read {sent} bytes of pings");
    });
}

/// Serves the flow until what `talk` gives ends; then the server is told to stop.
async fn stopping<C>(talk: impl AsyncFnOnce(SocketAddr) -> C) -> (C, JoinHandle<Result<(), Error>>) {
    serving(flow().shutdown_grace(Duration::from_secs(60)), talk).await
}

/// As above, of a flow.
async fn serving<C>(flow: Flow, talk: impl AsyncFnOnce(SocketAddr) -> C) -> (C, JoinHandle<Result<(), Error>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("the listener has an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(flow.serve(listener, async { drop(stopped.await) }));
    let clients = talk(address).await;
    drop(stop);
    (clients, serving)
}

#[test]
fn open_sockets_are_closed_when_the_server_stops() {
    run(async {
        let started = Instant::now();
        let (clients, serving) = stopping(async |address| {
            let mut clients = [Client::open(address, "/echo").await, Client::open(address, "/echo").await];
            clients[0].say("hello").await;
            assert_eq!(clients[0].hear().await, "parrot: hello");
            clients
        })
        .await;
        for mut client in clients {
            assert_eq!(client.hear().await, "1001 the server is stopping");
            assert_eq!(client.hear().await, "None");
        }
        serving.await.expect("nothing panics").expect("the flow can be served");
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    });
}

#[test]
fn a_handler_that_only_sends_is_told_that_the_server_stops() {
    run(async {
        let (mut client, serving) = stopping(async |address| {
            let mut client = Client::open(address, "/echo").await;
            client.say("feed").await;
            assert_eq!(client.hear().await, "more");
            client
        })
        .await;
        let end = async {
            loop {
                let heard = client.hear().await;
                if heard != "more" {
                    return heard;
                }
            }
        };
        let end = timeout(Duration::from_secs(20), end).await.expect("the feed ends");
        assert_eq!(end, "1001 the server is stopping");
        assert_eq!(client.hear().await, "None");
        serving.await.expect("nothing panics").expect("the flow can be served");
    });
}

#[test]
fn the_server_does_not_wait_for_clients_that_do_not_read() {
    run(async {
        let started = Instant::now();
        let (client, serving) = stopping(async |address| {
            let mut client = Client::open(address, "/echo").await;
            client.say("feed").await;
            client
        })
        .await;
        serving.await.expect("nothing panics").expect("the flow can be served");
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
        drop(client);
    });
}

#[test]
fn the_server_does_not_wait_for_clients_that_do_not_answer() {
    run(async {
        let started = Instant::now();
        let (client, serving) = stopping(async |address| Client::open(address, "/echo").await).await;
        serving.await.expect("nothing panics").expect("the flow can be served");
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
        drop(client);
    });
}

#[test]
fn time_limits_of_requests_do_not_end_sockets() {
    run(async {
        let limit = Duration::from_millis(100);
        let flow = flow().header_read_timeout(limit).idle_timeout(limit).connection_age(limit).write_timeout(limit);
        let talk = async |address| {
            let mut client = Client::open(address, "/echo").await;
            for _ in 0..2 {
                tokio::time::sleep(limit * 4).await;
                client.say("hello").await;
                assert_eq!(client.hear().await, "parrot: hello");
            }
            drop(client);
        };
        let ((), serving) = serving(flow, talk).await;
        serving.await.expect("nothing panics").expect("the flow can be served");
    });
}

#[test]
fn as_many_sockets_are_open_as_may_be() {
    let service = talk::service(Talker::new(2)).max_websockets(2);
    let server = Served::start(Flow::new().add_service(service));
    run(async {
        let open = [Client::open(server.address(), "/echo").await, Client::open(server.address(), "/echo").await];
        assert_eq!(refused(&server, "/echo", &[TOKEN, NAME]).status, 503);
        drop(open);
        let closed = Instant::now();
        while Client::try_open(server.address(), "/echo").await.is_none() {
            assert!(closed.elapsed() < Duration::from_secs(10), "no place becomes free");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // A handshake that the handler, or the credentials, refuse takes no place.
        for _ in 0..5 {
            assert_ne!(refused(&server, "/echo", &[NAME]).status, 503);
        }
    });
}
