//! What is too heavy for every day: a server that may have 256 MiB of address space takes 2 GiB and sends as much, holds
//! 1,000 streams, and waits for clients that do not read or write.
#![cfg(target_os = "linux")]

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// What is sent, in bytes.
const LENGTH: u64 = 2 * 1024 * 1024 * 1024;

/// A server in a process of its own; killed when it is dropped.
struct Limited {
    process: Child,
    address: String,
    folder: TempDir,
}

impl Limited {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let file = std::fs::File::create(folder.path().join("a.png")).expect("a file can be made");
        file.set_len(LENGTH).expect("a file may be large where it is empty");
        // The limit is on addresses, of which threads and their allocators reserve more than they use.
        let command = format!(
            "ulimit -v 262144 && MALLOC_ARENA_MAX=2 ALBUM_FOLDER='{}' exec '{}' --bind 127.0.0.1:0",
            folder.path().display(),
            env!("CARGO_BIN_EXE_album")
        );
        let mut process = Command::new("sh")
            .args(["-c", &command])
            .env("RUST_LOG", "buildflow_runtime::flow=info")
            .env("BUILDFLOW_ALBUM_UPLOAD_LIMIT", (LENGTH + 1024).to_string())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server can be started");
        let log = BufReader::new(process.stderr.take().expect("its log is piped"));
        let mut lines = log.lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("listening on ")).expect("it says where it listens");
        let address = line.split("http://").nth(1).expect("it is an address").trim().to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address, folder }
    }

    /// The most memory that the process has had so far, in MiB.
    fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).expect("it still runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux tells of the peak");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("it is a number") / 1024
    }

    /// Asks for a path, and reads the head of the answer.
    fn ask(&self, path: &str) -> BufReader<TcpStream> {
        let mut client = TcpStream::connect(&self.address).expect("the server listens");
        write!(client, "GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").expect("the server reads");
        let mut answer = BufReader::new(client);
        let mut line = String::new();
        answer.read_line(&mut line).expect("the server answers");
        assert!(line.starts_with("HTTP/1.1 200 "), "{line}");
        while line != "\r\n" {
            line.clear();
            answer.read_line(&mut line).expect("the server answers");
        }
        answer
    }
}

impl Limited {
    /// Sends half of a body, and no more.
    fn begin(&self) -> TcpStream {
        let mut client = TcpStream::connect(&self.address).expect("the server listens");
        let head = "PUT /backup HTTP/1.1\r\nhost: a\r\ncontent-type: application/octet-stream\r\ncontent-length: 2097152\r\n\r\n";
        client.write_all(head.as_bytes()).expect("the server reads");
        client.write_all(&vec![0; 1024 * 1024]).expect("the server reads");
        client
    }

    /// Sends a body of zeros, with something before and after them; the whole of the answer.
    fn send(&self, head: &str, before: &str, after: &str) -> String {
        let mut client = TcpStream::connect(&self.address).expect("the server listens");
        let length = LENGTH + (before.len() + after.len()) as u64;
        let head = format!("{head}\r\nhost: a\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{before}");
        client.write_all(head.as_bytes()).expect("the server reads");
        let zeros = vec![0; 1024 * 1024];
        for _ in 0..LENGTH / zeros.len() as u64 {
            client.write_all(&zeros).expect("the server reads");
        }
        client.write_all(after.as_bytes()).expect("the server reads");
        let mut answer = String::new();
        client.read_to_string(&mut answer).expect("the server answers");
        answer
    }
}

impl Drop for Limited {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// How much there is to read, read and thrown away.
fn drain(mut from: impl Read) -> u64 {
    std::io::copy(&mut from, &mut std::io::sink()).expect("the server goes on")
}

#[test]
#[ignore = "2 GiB four times, 1,000 connections: cargo test --release -p album --test heavy -- --ignored --nocapture"]
fn heavy_requests_and_answers_fit_into_256_mib() {
    let server = Limited::start();

    let started = Instant::now();
    let answer = server.send("PUT /backup HTTP/1.1\r\ncontent-type: application/octet-stream", "", "");
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with(&LENGTH.to_string()), "{answer}");
    println!("2 GiB into a stream: {:?}, peak {} MiB", started.elapsed(), server.peak());

    let started = Instant::now();
    // The form lacks its caption, so that it is read whole, and no handler holds its file.
    let head = "POST /photos HTTP/1.1\r\ncontent-type: multipart/form-data; boundary=cut";
    let before = "--cut\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a\"\r\n\r\n";
    let answer = server.send(head, before, "\r\n--cut--\r\n");
    assert!(answer.starts_with("HTTP/1.1 422 "), "{answer}");
    println!("2 GiB into a file of a form: {:?}, peak {} MiB", started.elapsed(), server.peak());

    let writers: Vec<_> = (0..200).map(|_| server.begin()).collect();
    std::thread::sleep(Duration::from_secs(3));
    println!("200 clients that stop to write: peak {} MiB", server.peak());
    drop(writers);

    let started = Instant::now();
    let file = drain(server.ask("/originals/a.png"));
    assert_eq!(file, LENGTH);
    println!("2 GiB of a file: {:?}, peak {} MiB", started.elapsed(), server.peak());

    let started = Instant::now();
    // Pieces of 64 KiB; what is around each comes on top.
    let stream = drain(server.ask(&format!("/backup?pieces={}", LENGTH / 65536)));
    assert!(stream > LENGTH, "{stream}");
    println!("2 GiB of a stream: {:?}, peak {} MiB", started.elapsed(), server.peak());

    let slow: Vec<_> = (0..100).map(|_| server.ask("/originals/a.png")).collect();
    let slower: Vec<_> = (0..100).map(|_| server.ask("/backup?pieces=32768")).collect();
    std::thread::sleep(Duration::from_secs(3));
    println!("200 clients that do not read: peak {} MiB", server.peak());
    drop((slow, slower));

    let started = Instant::now();
    let mut listeners: Vec<_> = (0..1_000).map(|_| server.ask("/ticks?every=1000")).collect();
    let mut events = 0;
    for listener in &mut listeners {
        let mut line = String::new();
        while !line.starts_with("data: 2") {
            line.clear();
            assert_ne!(listener.read_line(&mut line).expect("the server goes on"), 0, "the stream goes on");
            events += usize::from(line.starts_with("data: "));
        }
    }
    println!("1,000 streams of events: {events} events in {:?}, peak {} MiB", started.elapsed(), server.peak());
    assert_eq!(events, 3_000);
    assert!(server.peak() < 256 && server.folder.path().exists());
}
