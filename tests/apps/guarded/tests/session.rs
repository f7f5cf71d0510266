//! Sessions.

use served::{Answer, Served};

use crate::{OLD_SECRET, SECRET, program, start};

fn visit(server: &Served, cookie: &str) -> Answer {
    server.request("POST", "/guarded/visits", &[("cookie", cookie)], None)
}

/// The cookie as a client sends it back.
fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}

#[test]
fn a_session_lives_in_a_signed_cookie() {
    let server = start();
    let first = visit(&server, "");
    assert_eq!((first.status, first.json()), (200, 1.into()));
    let attributes = first.header("set-cookie").split_once(';').expect("it has attributes").1;
    assert_eq!(attributes, " Path=/; Max-Age=3600; HttpOnly; SameSite=Strict; Secure");
    assert!(cookie(&first).starts_with("session="));
    let second = visit(&server, &format!("a=b; {}; c=d", cookie(&first)));
    assert_eq!(second.json(), 2);
    assert_eq!(visit(&server, &cookie(&second)).json(), 3);
    let varies: Vec<_> = second.headers.get_all("vary").iter().collect();
    assert!(varies.iter().any(|value| *value == "cookie"), "{varies:?}");
}

#[test]
fn the_cookie_is_set_only_where_the_session_changes() {
    let server = start();
    let known = cookie(&visit(&server, ""));
    let answer = server.request("GET", "/guarded/text?length=1", &[("cookie", &known)], None);
    assert_eq!((answer.status, answer.header("set-cookie")), (200, ""));
    // Nothing was there, so that nothing is taken away.
    assert_eq!(server.send("DELETE", "/guarded/visits").header("set-cookie"), "");
    let answer = server.request("DELETE", "/guarded/visits", &[("cookie", &known)], None);
    assert_eq!(
        (answer.status, answer.header("set-cookie")),
        (204, "session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure")
    );
}

#[test]
fn what_was_tampered_with_counts_as_no_session() {
    let server = start();
    let known = cookie(&visit(&server, ""));
    let forged = ["session=", "session=a.b.c", "session=eyJ2aXNpdHMiOjl9.1.AAAA", "session=%00\u{ff}", "session"];
    for cookie in forged {
        assert_eq!(visit(&server, cookie).json(), 1, "{cookie}");
    }
    let (text, signature) = known.rsplit_once('.').expect("it is signed");
    let (json, time) = text.rsplit_once('.').expect("it has a time");
    let later = time.parse::<u64>().expect("it is a number") + 1;
    assert_eq!(visit(&server, &format!("{json}.{later}.{signature}")).json(), 1);
    assert_eq!(visit(&server, &known.replacen("session=", "session=A", 1)).json(), 1);
    // One that is ours stands beside one that is not.
    assert_eq!(visit(&server, &format!("session=a.b.c; {known}")).json(), 2);
}

#[test]
fn keys_are_rotated() {
    let old = Served::program(program(Some(OLD_SECRET), SECRET)).expect("the application starts");
    let known = cookie(&visit(&old, ""));
    let new = start();
    let renewed = visit(&new, &known);
    assert_eq!(renewed.json(), 2);
    let newest = "the third secret of this test, which guards nothing";
    let without_old = Served::program(program(Some(newest), SECRET)).expect("the application starts");
    assert_eq!(visit(&without_old, &known).json(), 1);
    assert_eq!(visit(&without_old, &cookie(&renewed)).json(), 3);
}

#[test]
fn without_its_secret_an_application_does_not_start_and_says_what_to_set() {
    for (secret, why) in [(None, "GUARDED_SECRET is not set"), (Some("short"), "GUARDED_SECRET has 5 bytes")] {
        let log = Served::program(program(secret, OLD_SECRET)).map(|_| ()).expect_err("it should not start");
        assert!(log.contains(why) && log.contains("openssl rand -hex 32"), "{log}");
        assert!(!log.contains("short"), "{log}");
    }
}
