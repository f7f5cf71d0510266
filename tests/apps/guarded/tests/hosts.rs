//! Which hosts are the service's, and by which scheme.

use crate::start;

#[test]
fn only_known_hosts_are_served() {
    let server = start();
    let asked =
        |host: &str| server.raw(&format!("GET /guarded/text?length=1 HTTP/1.1\r\n{host}connection: close\r\n\r\n"));
    for host in ["127.0.0.1", "127.0.0.1:8000", "a.example.com", "A.B.Example.COM:80"] {
        let answer = asked(&format!("host: {host}\r\n"));
        assert!(answer.starts_with("HTTP/1.1 200 "), "{host}: {answer}");
    }
    let foreign =
        ["example.com", "evil.com", "example.com.evil.com", "evilexample.com", "a@127.0.0.1", "[::1]", "", "a b"];
    for host in foreign {
        let answer = asked(&format!("host: {host}\r\n"));
        assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("problem+json"), "{host}: {answer}");
    }
    // Two hosts are none.
    let answer = asked("host: 127.0.0.1\r\nhost: 127.0.0.1\r\n");
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    // A whole URI goes before the header.
    let whole = "GET http://evil.com/guarded/text?length=1 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
    assert!(server.raw(whole).starts_with("HTTP/1.1 400 "));
}

#[test]
fn a_host_leads_to_its_www() {
    let server = start();
    let answer = server.raw("POST /guarded/visits?a=b HTTP/1.1\r\nhost: example.org:8000\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 307 "), "{answer}");
    assert!(answer.contains("location: http://www.example.org:8000/guarded/visits?a=b\r\n"), "{answer}");
}

#[test]
fn requests_without_tls_are_led_to_https() {
    let server = start();
    let answer = server.raw("GET /guarded/secure?next=%2F HTTP/1.1\r\nhost: a.example.com:8000\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 307 "), "{answer}");
    assert!(answer.contains("location: https://a.example.com:8443/guarded/secure?next=%2F\r\n"), "{answer}");
    // A proxy in front has ended TLS.
    assert_eq!(server.request("GET", "/guarded/secure", &[("x-forwarded-proto", "https")], None).status, 204);
    assert_eq!(server.request("GET", "/guarded/secure", &[("x-forwarded-proto", "http")], None).status, 307);
}
