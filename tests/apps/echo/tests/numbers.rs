//! Numbers past 64 bits, and decimals, digit for digit.

use buildflow_runtime::{Flow, HttpError};
use echo::numbers::{NumbersService, PutNumbersOkHeaders, PutNumbersRequest, PutNumbersResponse, service};
use served::{Answer, Served};

/// Answers with what it got.
struct Echo;

impl NumbersService for Echo {
    async fn put_numbers(&self, request: PutNumbersRequest) -> Result<PutNumbersResponse, HttpError> {
        let headers = PutNumbersOkHeaders { x_total: request.price };
        let mut body = request.body;
        body.any = request.id.or(body.any);
        Ok(PutNumbersResponse::Ok(body, headers))
    }
}

pub(super) fn put(query: &str, body: &str) -> Answer {
    Served::start(Flow::new().add_service(service(Echo))).send_json("PUT", &format!("/numbers{query}"), body)
}

fn text(answer: &Answer) -> (u16, String) {
    (answer.status, String::from_utf8_lossy(&answer.body).into_owned())
}

/// The answer to a member alone.
fn kept(member: &str) -> bool {
    let body = format!("{{{member}}}");
    text(&put("", &body)) == (200, body)
}

fn refused(member: &str) -> Vec<String> {
    let answer = put("", &format!("{{{member}}}"));
    assert_eq!(answer.status, 422, "{member}: {}", answer.json());
    answer.violations()
}

#[test]
fn every_digit_comes_back() {
    for member in [
        r#""unsigned":18446744073709551615"#,
        r#""wei":115792089237316195423570985008687907853269984665640564039457584007913129639935"#,
        r#""any":-123456789012345678901234567890123456789012345678901234567890"#,
        r#""one":10000000000000000000000000000001"#,
        r#""fixed":12345678901234567890"#,
        r#""total":0.1000000000000000000000000000000000000000000000000000000000001"#,
        r#""parts":[12345678901234567890.10,12345678901234567890.11]"#,
        r#""either":123456789012345678901234567890"#,
        r#""text":"1.10""#,
    ] {
        assert!(kept(member), "{member}");
    }
    let answer = put("?price=12345678901234567890.10&id=340282366920938463463374607431768211455", "{}");
    assert_eq!(text(&answer), (200, r#"{"any":340282366920938463463374607431768211455}"#.to_owned()));
    assert_eq!(answer.header("x-total"), "12345678901234567890.10");
}

#[test]
fn bounds_are_exact() {
    assert_eq!(
        refused(r#""wei":115792089237316195423570985008687907853269984665640564039457584007913129639936"#).len(),
        1
    );
    assert_eq!(refused(r#""wei":-5"#), ["body /wei minimum"]);
    assert_eq!(refused(r#""wei":7"#), ["body /wei multipleOf"]);
    assert_eq!(refused(r#""total":0"#), ["body /total exclusiveMinimum"]);
    assert_eq!(refused(r#""total":1e301"#), ["body /total maximum"]);
    assert_eq!(refused(r#""one":10000000000000000000000000000002"#).len(), 1);
    assert_eq!(refused(r#""parts":[1.5,1.50]"#), ["body /parts uniqueItems"]);
    assert_eq!(refused(r#""total":"1""#), ["body /total type"]);
    assert_eq!(put("?price=0.001&id=-1", "{}").violations(), ["query id minimum", "query price multipleOf"]);
}

#[test]
fn what_a_type_cannot_hold_is_refused_and_never_rounded() {
    assert_eq!(refused(r#""plain":9223372036854775808"#), ["body /plain maximum"]);
    assert_eq!(refused(r#""plain":-123456789012345678901234567890"#), ["body /plain minimum"]);
    assert_eq!(refused(r#""rounded":9223372036854775808"#), ["body /rounded range"]);
    assert_eq!(refused(r#""unsigned":18446744073709551616"#).len(), 1);
    // Doubles end there, and with them what a validator can tell.
    assert_eq!(put("", r#"{"plain":1e400}"#).status, 400);
    assert_eq!(put("", r#"{"any":1e1000000000}"#).status, 400);
    assert!(kept(r#""plain":9223372036854775807"#));
}
