//! What large bodies cost: this process is both the server and the client, so the bound holds for both.
#![cfg(target_os = "linux")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use album::Pictures;
use buildflow_runtime::Flow;
use served::Served;

/// How much is sent.
const LENGTH: usize = 200 * 1024 * 1024;

/// How much memory the process may ever have had.
const MOST: usize = 96 * 1024 * 1024;

/// The most memory that the process has had so far, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells of processes");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("it tells their peak");
    line.trim().trim_end_matches(" kB").parse::<usize>().expect("it is a number") * 1024
}

/// Sends a request whose body is `before`, many bytes, and `after`; gives the start of the answer.
fn send(server: &Served, head: &str, before: &str, after: &str) -> String {
    let mut client = TcpStream::connect(server.address()).expect("the server listens");
    let length = before.len() + LENGTH + after.len();
    let head = format!("{head}\r\nhost: a\r\ncontent-length: {length}\r\n\r\n{before}");
    client.write_all(head.as_bytes()).expect("the server reads");
    let piece = vec![b'x'; 64 * 1024];
    (0..LENGTH / piece.len()).for_each(|_| client.write_all(&piece).expect("the server reads"));
    client.write_all(after.as_bytes()).expect("the server reads");
    let mut answer = vec![0; 4096];
    let read = client.read(&mut answer).expect("the server answers");
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

#[test]
fn large_uploads_do_not_fill_the_memory() {
    let service = ::album::album::service(Pictures::default());
    let server = Served::start(Flow::new().upload_limit(2 * LENGTH).add_service(service));

    let head = "PUT /backup HTTP/1.1\r\ncontent-type: application/octet-stream";
    let answer = send(&server, head, "", "");
    assert!(answer.ends_with(&LENGTH.to_string()), "{answer}");
    assert!(peak() < MOST, "a stream took {} bytes", peak());

    // The form lacks its caption, so that it is read whole, and no handler holds its file.
    let head = "POST /photos HTTP/1.1\r\ncontent-type: multipart/form-data; boundary=cut";
    let before = "--cut\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a\"\r\n\r\n";
    let answer = send(&server, head, before, "\r\n--cut--\r\n");
    assert!(answer.starts_with("HTTP/1.1 422 "), "{answer}");
    assert!(peak() < MOST, "a file took {} bytes", peak());
}
