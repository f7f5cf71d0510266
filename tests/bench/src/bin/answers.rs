//! Answers a request so many times, without a socket: what runs under callgrind.
//!
//!     answers SERVER REQUEST TIMES
//!
//! or reads or writes values, of a few bytes or of a megabyte, without a request:
//!
//!     answers "json LIBRARY" "small read" TIMES
//!
//!     answers
//!
//! names the requests that are meant to cost a lot. `nobody` is a server that does nothing: what making the requests costs by itself.

use bench::{Server, json, requests};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.is_empty() {
        return requests::HOSTILE.iter().for_each(|(name, _)| println!("{name}"));
    }
    let [server, request, times] = arguments.as_slice() else { panic!("answers SERVER REQUEST TIMES") };
    let times: usize = times.parse().expect("TIMES is a number");
    if let Some(library) = server.strip_prefix("json ") {
        return json::run(library, request, times);
    }
    let sent = requests::named(request).expect("REQUEST is one of `requests::named`");
    let in_turn = || sent.iter().cycle().take(times);
    if server == "nobody" {
        return in_turn().for_each(|sent| drop(std::hint::black_box(sent.request())));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("tokio starts");
    runtime.block_on(async {
        let mut server = Server::named(server).expect("SERVER is one of `Server::named`");
        for sent in in_turn() {
            let (status, body) = server.answer(sent.request()).await;
            assert_eq!(status, sent.status, "{} {}: {body:?}", sent.method, sent.uri);
        }
    });
}
