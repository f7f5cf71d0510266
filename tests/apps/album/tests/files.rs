//! Files from disk as answers, over HTTP.

use ::album::{Pictures, album};
use buildflow_runtime::Flow;
use served::{Answer, Served};
use tempfile::TempDir;

/// A server, and the folder of its files.
struct Shop {
    server: Served,
    folder: TempDir,
}

impl Shop {
    fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let originals = folder.path().join("originals");
        std::fs::create_dir(&originals).expect("it can be made");
        std::fs::write(originals.join("a.png"), "0123456789").expect("it can be written");
        std::fs::write(originals.join("manual.pdf"), "%PDF").expect("it can be written");
        std::fs::write(folder.path().join("secret"), "secret").expect("it can be written");
        let pictures = Pictures::with_files(originals);
        Self { server: Served::start(Flow::new().add_service(album::service(pictures))), folder }
    }

    fn get(&self, headers: &[(&str, &str)]) -> Answer {
        self.server.request("GET", "/originals/a.png", headers, None)
    }
}

fn text(answer: &Answer) -> (u16, &str) {
    (answer.status, std::str::from_utf8(&answer.body).expect("the file is text"))
}

#[test]
fn a_file_has_its_type_its_length_and_its_tag() {
    let shop = Shop::open();
    let answer = shop.get(&[]);
    assert_eq!(text(&answer), (200, "0123456789"));
    assert_eq!((answer.header("content-type"), answer.header("content-length")), ("image/png", "10"));
    assert_eq!(answer.header("accept-ranges"), "bytes");
    assert!(answer.header("etag").starts_with('"') && answer.header("last-modified").ends_with("GMT"));
}

#[test]
fn a_part_of_a_file_is_206_and_none_is_416() {
    let shop = Shop::open();
    for (range, part, said) in
        [("bytes=2-4", "234", "bytes 2-4/10"), ("bytes=7-", "789", "bytes 7-9/10"), ("bytes=-1", "9", "bytes 9-9/10")]
    {
        let answer = shop.get(&[("range", range)]);
        assert_eq!((text(&answer), answer.header("content-range")), ((206, part), said), "{range}");
        assert_eq!(answer.header("content-type"), "image/png");
    }
    let answer = shop.get(&[("range", "bytes=10-")]);
    assert_eq!((answer.status, answer.header("content-range")), (416, "bytes */10"));
    assert_eq!(answer.header("content-type"), "application/problem+json");
    // Several parts, or a unit that nobody knows, are the whole.
    for range in ["bytes=0-1,4-5", "lines=1-2"] {
        assert_eq!(text(&shop.get(&[("range", range)])), (200, "0123456789"), "{range}");
    }
}

#[test]
fn a_part_is_only_of_the_file_that_the_client_knows() {
    let shop = Shop::open();
    let known = shop.get(&[]);
    for condition in [known.header("etag"), known.header("last-modified")] {
        let answer = shop.get(&[("range", "bytes=0-1"), ("if-range", condition)]);
        assert_eq!(text(&answer), (206, "01"), "{condition}");
    }
    for condition in ["\"other\"", "Thu, 01 Jan 1970 00:00:00 GMT"] {
        let answer = shop.get(&[("range", "bytes=0-1"), ("if-range", condition)]);
        assert_eq!(text(&answer), (200, "0123456789"), "{condition}");
    }
}

#[test]
fn what_a_client_has_already_is_304_and_what_has_changed_412() {
    let shop = Shop::open();
    let known = shop.get(&[]);
    let (tag, date) = (known.header("etag"), known.header("last-modified"));
    for condition in [("if-none-match", tag), ("if-none-match", "*"), ("if-modified-since", date)] {
        let answer = shop.get(&[condition]);
        assert_eq!((text(&answer), answer.header("etag")), ((304, ""), tag), "{condition:?}");
    }
    let old = "Thu, 01 Jan 1970 00:00:00 GMT";
    for condition in [("if-match", "\"other\""), ("if-unmodified-since", old)] {
        let answer = shop.get(&[condition]);
        assert_eq!((answer.status, answer.header("content-type")), (412, "application/problem+json"), "{condition:?}");
    }
    assert_eq!(shop.get(&[("if-none-match", "\"other\""), ("if-modified-since", old)]).status, 200);
    std::fs::write(shop.folder.path().join("originals/a.png"), "changed").expect("it can be written");
    assert_eq!(text(&shop.get(&[("if-none-match", tag)])), (200, "changed"));
}

#[test]
fn head_has_the_length_and_no_bytes() {
    let shop = Shop::open();
    let answer = shop.server.raw("HEAD /originals/a.png HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("content-length: 10\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}

#[test]
fn a_download_has_the_name_that_the_handler_gives() {
    let answer = Shop::open().server.send("GET", "/manual");
    assert_eq!((text(&answer), answer.header("content-type")), ((200, "%PDF"), "application/pdf"));
    let said = "attachment; filename=\"_ber Fotos.pdf\"; filename*=UTF-8''%C3%9Cber%20Fotos.pdf";
    assert_eq!(answer.header("content-disposition"), said);
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let shop = Shop::open();
    let absolute = shop.folder.path().join("secret").display().to_string().replace('/', "%2F");
    let long = "a".repeat(300);
    for name in [
        "a.png%2F",
        "a.png%2Fb",
        long.as_str(),
        "..%2Fsecret",
        ".%2F..%2Fsecret",
        "none.png",
        "a.png%00",
        "%2Fetc%2Fpasswd",
        absolute.as_str(),
    ] {
        assert_eq!(shop.server.send("GET", &format!("/originals/{name}")).status, 404, "{name}");
    }
}
