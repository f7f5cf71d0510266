//! Answers that are not what the document says are told in the log, and go out all the same.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// A process that is killed at the end.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "answers are checked where debug assertions are on")]
fn an_answer_that_is_not_as_documented_is_logged_with_its_pointer() {
    undocumented_answer_is_logged(&[]);
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "answers are checked where debug assertions are on")]
fn answers_of_replicas_are_checked_as_well() {
    undocumented_answer_is_logged(&[("BUILDFLOW_ALBUM_NUM_REPLICAS", "2"), ("BUILDFLOW_ALBUM_MAX_REPLICAS", "2")]);
}

fn undocumented_answer_is_logged(options: &[(&str, &str)]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_album"));
    command
        .args(["--bind", "127.0.0.1:0"])
        .env("RUST_LOG", "info")
        .envs(options.iter().copied())
        .stderr(Stdio::piped());
    let mut server = Killed(command.spawn().expect("the server can be started"));
    let mut log = BufReader::new(server.0.stderr.take().expect("its log is piped")).lines().map_while(Result::ok);
    let line = log.find(|line| line.contains("listening on ")).expect("it says where it listens");
    let address = line.split("http://").nth(1).expect("it is an address").trim();

    // The photo that comes back is documented to have a byte at least.
    let form = "--cut\r\nContent-Disposition: form-data; name=\"caption\"\r\n\r\nNothing\r\n\
                --cut\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a\"\r\n\r\n\r\n--cut--\r\n";
    let head =
        "POST /photos HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: multipart/form-data; boundary=cut";
    let mut client = TcpStream::connect(address).expect("the server listens");
    write!(client, "{head}\r\ncontent-length: {}\r\n\r\n{form}", form.len()).expect("the server reads");
    let mut answer = String::new();
    client.read_to_string(&mut answer).expect("the server answers");
    assert!(answer.starts_with("HTTP/1.1 201 ") && answer.contains("\"bytes\":0"), "{answer}");
    let told = log.find(|line| line.contains("a response does not match the document")).expect("it is told");
    assert!(told.contains("/bytes") && told.contains("minimum") && told.contains("201"), "{told}");
}
