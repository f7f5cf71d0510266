use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{EncodingKey, encode, get_current_timestamp};
use serde_json::json;

use super::*;

const FIRST: &[u8] = include_bytes!("test_keys/first.pem");
const SECOND: &[u8] = include_bytes!("test_keys/second.pem");
const FIRST_PUBLIC: &str = include_str!("test_keys/first.pub.pem");
const RSA: &[u8] = include_bytes!("test_keys/rsa.pem");
const RSA_PUBLIC: &str = include_str!("test_keys/rsa.pub.pem");
const ED: &[u8] = include_bytes!("test_keys/ed.pem");
const ED_PUBLIC: &str = include_str!("test_keys/ed.pub.pem");
const SECRET: &str = "a secret of thirty-two bytes, and more";

fn key(pem: &[u8]) -> EncodingKey {
    EncodingKey::from_ec_pem(pem).unwrap()
}

fn claims() -> Value {
    let now = get_current_timestamp();
    json!({ "sub": "ann", "iss": "https://issuer/", "aud": "pets", "exp": now + 600, "nbf": now, "scope": "read write" })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn header(algorithm: Algorithm, id: Option<&str>) -> Header {
    Header { kid: id.map(str::to_owned), ..Header::new(algorithm) }
}

fn signed(claims: &Value) -> String {
    encode(&header(Algorithm::ES256, None), claims, &key(FIRST)).unwrap()
}

/// The public key as a member of a set.
fn public(pem: &[u8], id: &str) -> Value {
    let mut jwk = Jwk::from_encoding_key(&key(pem), Algorithm::ES256).unwrap();
    jwk.common.key_id = Some(id.to_owned());
    serde_json::to_value(jwk).unwrap()
}

fn verifier(keys: Keys) -> Verifier {
    Verifier::new(keys, &[Algorithm::ES256]).issuer("https://issuer/").audience("pets")
}

fn first() -> Verifier {
    verifier(Keys::pem(FIRST_PUBLIC).unwrap())
}

/// The subject of a token, or the status of the refusal.
async fn subject(verifier: &Verifier, token: &str, scopes: &[&str]) -> Result<String, u16> {
    let verified: Result<Value, HttpError> = verifier.verify(&BearerToken::new(token), scopes).await;
    verified.map(|claims| claims["sub"].as_str().unwrap().to_owned()).map_err(|error| error.status().as_u16())
}

#[tokio::test]
async fn a_valid_token_is_taken_with_its_claims() {
    assert_eq!(subject(&first(), &signed(&claims()), &["read", "write"]).await.as_deref(), Ok("ann"));
    #[derive(Debug, serde::Deserialize)]
    struct Other {
        #[expect(dead_code, reason = "it is not there")]
        name: String,
    }
    let other: Result<Other, _> = first().verify(&BearerToken::new(signed(&claims())), &[]).await;
    assert_eq!(other.unwrap_err().status(), 401);
}

#[tokio::test]
async fn every_kind_of_key_verifies() {
    let rsa = encode(&header(Algorithm::RS256, None), &claims(), &EncodingKey::from_rsa_pem(RSA).unwrap()).unwrap();
    let ed = encode(&header(Algorithm::EdDSA, None), &claims(), &EncodingKey::from_ed_pem(ED).unwrap()).unwrap();
    let shared =
        encode(&header(Algorithm::HS256, None), &claims(), &EncodingKey::from_secret(SECRET.as_bytes())).unwrap();
    for (keys, algorithm, token) in [
        (Keys::pem(RSA_PUBLIC), Algorithm::RS256, rsa),
        (Keys::pem(ED_PUBLIC), Algorithm::EdDSA, ed),
        (Keys::secret(SECRET), Algorithm::HS256, shared),
    ] {
        let verifier = Verifier::new(keys.unwrap(), &[algorithm]).issuer("https://issuer/").audience("pets");
        assert_eq!(subject(&verifier, &token, &[]).await.as_deref(), Ok("ann"), "{algorithm:?}");
    }
    assert!(Keys::pem("no key").is_err());
    assert!(Keys::secret("short").is_err());
}

#[tokio::test]
async fn claims_that_are_not_right_are_refused() {
    let now = get_current_timestamp();
    for (name, value) in [
        ("exp", json!(now - 120)),
        ("exp", json!("tomorrow")),
        ("exp", Value::Null),
        ("nbf", json!(now + 120)),
        ("iss", json!("https://other/")),
        ("iss", Value::Null),
        ("aud", json!("cats")),
        ("aud", json!(["cats", "dogs"])),
        ("aud", Value::Null),
    ] {
        assert_eq!(subject(&first(), &signed(&with(name, value.clone())), &[]).await, Err(401), "{name} {value}");
    }
    // Clocks differ, by less than a minute.
    assert!(subject(&first(), &signed(&with("exp", json!(now - 30))), &[]).await.is_ok());
    let strict = first().leeway(Duration::ZERO);
    assert_eq!(subject(&strict, &signed(&with("exp", json!(now - 30))), &[]).await, Err(401));
    assert!(subject(&first(), &signed(&with("aud", json!(["cats", "pets"]))), &[]).await.is_ok());
    // A token for somebody is not for whoever does not say who it is.
    let nobody = Verifier::new(Keys::pem(FIRST_PUBLIC).unwrap(), &[Algorithm::ES256]);
    assert_eq!(subject(&nobody, &signed(&claims()), &[]).await, Err(401));
}

#[tokio::test]
async fn a_token_that_lacks_a_scope_is_forbidden() {
    assert_eq!(subject(&first(), &signed(&claims()), &["read", "admin"]).await, Err(403));
    assert_eq!(subject(&first(), &signed(&claims()), &["rea"]).await, Err(403));
    assert_eq!(subject(&first(), &signed(&with("scope", Value::Null)), &["read"]).await, Err(403));
    let listed = with("scp", json!(["admin"]));
    assert!(subject(&first(), &signed(&listed), &["read", "admin"]).await.is_ok());
}

#[tokio::test]
async fn hostile_tokens_are_refused() {
    let parts = |header: Value, signature: &str| {
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.{signature}", encoded(&header), encoded(&claims()))
    };
    let valid = signed(&claims());
    let (unsigned, signature) = valid.rsplit_once('.').unwrap();
    // The public key taken for a secret, which everybody knows.
    let confused =
        encode(&header(Algorithm::HS256, None), &claims(), &EncodingKey::from_secret(FIRST_PUBLIC.as_bytes()));
    let own = serde_json::to_value(public(SECOND, "own")).unwrap();
    let bringing = Header { jwk: serde_json::from_value(own).ok(), ..header(Algorithm::ES256, None) };
    let critical = Header { crit: Some(vec!["exp".to_owned()]), ..header(Algorithm::ES256, None) };
    for token in [
        String::new(),
        "a".to_owned(),
        "..".to_owned(),
        "a.b.c".to_owned(),
        format!("{valid}.a"),
        format!("{unsigned}."),
        format!("{unsigned}.{}", "A".repeat(signature.len())),
        parts(json!({ "alg": "none" }), ""),
        parts(json!({ "alg": "None", "typ": "JWT" }), ""),
        parts(json!({ "alg": "HS256" }), "AAAA"),
        parts(json!({ "alg": "ES384" }), signature),
        parts(json!({ "alg": ["ES256"] }), signature),
        parts(json!({}), signature),
        confused.unwrap(),
        encode(&header(Algorithm::ES256, None), &claims(), &key(SECOND)).unwrap(),
        encode(&bringing, &claims(), &key(SECOND)).unwrap(),
        encode(&critical, &claims(), &key(FIRST)).unwrap(),
        format!("{}.{}.{}", "A".repeat(40_000), "A".repeat(40_000), "A".repeat(40_000)),
    ] {
        assert_eq!(subject(&first(), &token, &[]).await, Err(401), "{token}");
    }
}

/// What an issuer answers with.
type Set = Arc<Mutex<Result<Value, ()>>>;

/// Keys from a set that a test changes, and how often they were fetched.
fn changing() -> (Keys, Set, Arc<AtomicUsize>) {
    let set = Arc::new(Mutex::new(Ok(json!({ "keys": [public(FIRST, "1")] }))));
    let fetched = Arc::new(AtomicUsize::new(0));
    let (shown, count) = (Arc::clone(&set), Arc::clone(&fetched));
    let keys = Keys::jwks_from(move || {
        count.fetch_add(1, Ordering::Relaxed);
        let set = shown.lock().unwrap().clone();
        async move { set.map(|set| set.to_string()).map_err(|()| "the issuer is down".into()) }
    });
    (keys, set, fetched)
}

fn signed_by(pem: &[u8], id: &str) -> String {
    encode(&header(Algorithm::ES256, Some(id)), &claims(), &key(pem)).unwrap()
}

#[tokio::test(start_paused = true)]
async fn keys_may_be_rotated() {
    let (keys, set, fetched) = changing();
    let verifier = verifier(keys);
    assert!(subject(&verifier, &signed_by(FIRST, "1"), &[]).await.is_ok());
    assert!(subject(&verifier, &signed_by(FIRST, "1"), &[]).await.is_ok());
    assert_eq!(fetched.load(Ordering::Relaxed), 1);
    // A new key is known as soon as a token names it, though not more often than every 30 seconds.
    *set.lock().unwrap() = Ok(json!({ "keys": [public(SECOND, "2"), public(FIRST, "1")] }));
    tokio::time::advance(Duration::from_secs(31)).await;
    assert!(subject(&verifier, &signed_by(SECOND, "2"), &[]).await.is_ok());
    for id in 0..50 {
        assert_eq!(subject(&verifier, &signed_by(SECOND, &format!("no {id}")), &[]).await, Err(401));
    }
    assert_eq!(fetched.load(Ordering::Relaxed), 2);
    // A key that is gone counts no longer when the set is fetched again.
    *set.lock().unwrap() = Ok(json!({ "keys": [public(SECOND, "2")] }));
    tokio::time::advance(Duration::from_secs(601)).await;
    assert_eq!(subject(&verifier, &signed_by(FIRST, "1"), &[]).await, Err(401));
    assert!(subject(&verifier, &signed_by(SECOND, "2"), &[]).await.is_ok());
    assert_eq!(fetched.load(Ordering::Relaxed), 3);
}

#[tokio::test(start_paused = true)]
async fn an_issuer_that_is_down_is_no_way_in() {
    let (keys, set, _) = changing();
    let verifier = verifier(keys);
    let token = signed_by(FIRST, "1");
    let known = set.lock().unwrap().clone();
    *set.lock().unwrap() = Err(());
    assert_eq!(subject(&verifier, &token, &[]).await, Err(503));
    *set.lock().unwrap() = known;
    tokio::time::advance(Duration::from_secs(31)).await;
    assert!(subject(&verifier, &token, &[]).await.is_ok());
    // Its keys are used on while they are not too old.
    *set.lock().unwrap() = Err(());
    tokio::time::advance(Duration::from_secs(3600)).await;
    assert!(subject(&verifier, &token, &[]).await.is_ok());
    tokio::time::advance(Duration::from_secs(24 * 3600)).await;
    assert_eq!(subject(&verifier, &token, &[]).await, Err(503));
}

#[tokio::test]
async fn keys_of_a_set_are_for_what_it_says() {
    let set = |change: fn(&mut Value)| {
        let mut first = public(FIRST, "1");
        change(&mut first);
        let text = json!({ "keys": [{ "kty": "new" }, 7, first] }).to_string();
        verifier(Keys::jwks_from(move || std::future::ready(Ok(text.clone()))))
    };
    let token = signed_by(FIRST, "1");
    assert!(subject(&set(|_| {}), &token, &[]).await.is_ok());
    assert!(subject(&set(|_| {}), &signed(&claims()), &[]).await.is_ok(), "it is the only one that fits");
    for change in [
        |key: &mut Value| key["use"] = json!("enc"),
        |key: &mut Value| key["alg"] = json!("ES384"),
        |key: &mut Value| key["alg"] = json!("RSA-OAEP"),
        |key: &mut Value| key["key_ops"] = json!(["sign"]),
        |key: &mut Value| key["kid"] = json!("2"),
        |key: &mut Value| key["x"] = json!("AAAA"),
    ] {
        assert_eq!(subject(&set(change), &token, &[]).await, Err(401));
    }
    let two = json!({ "keys": [public(FIRST, "1"), public(SECOND, "2")] }).to_string();
    let two = verifier(Keys::jwks_from(move || std::future::ready(Ok(two.clone()))));
    assert_eq!(subject(&two, &signed(&claims()), &[]).await, Err(401), "nothing says which of them it is");
    let broken = verifier(Keys::jwks_from(|| std::future::ready(Ok("{".to_owned()))));
    assert_eq!(subject(&broken, &token, &[]).await, Err(503));
    // A secret that is in a set is none.
    let secret = json!({ "keys": [{ "kty": "oct", "k": URL_SAFE_NO_PAD.encode(SECRET) }] }).to_string();
    let keys = Keys::jwks_from(move || std::future::ready(Ok(secret.clone())));
    let verifier = Verifier::new(keys, &[Algorithm::HS256]);
    let mut bare = claims();
    bare.as_object_mut().unwrap().remove("aud");
    let shared = encode(&header(Algorithm::HS256, None), &bare, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap();
    assert_eq!(subject(&verifier, &shared, &[]).await, Err(401));
}

#[tokio::test]
async fn sets_come_from_files_and_urls() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let set = json!({ "keys": [public(FIRST, "1")] }).to_string();
    let path = std::env::temp_dir().join(format!("buildflow-jwks-{}.json", std::process::id()));
    std::fs::write(&path, &set).unwrap();
    assert!(subject(&verifier(Keys::jwks_file(&path)), &signed_by(FIRST, "1"), &[]).await.is_ok());
    std::fs::remove_file(&path).unwrap();
    assert_eq!(subject(&verifier(Keys::jwks_file(&path)), &signed_by(FIRST, "1"), &[]).await, Err(503));

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 1024]).await.unwrap();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", set.len());
        stream.write_all(format!("{head}{set}").as_bytes()).await.unwrap();
    });
    assert!(subject(&verifier(Keys::jwks_url(&url).unwrap()), &signed_by(FIRST, "1"), &[]).await.is_ok());
    for url in ["http://issuer/jwks.json", "ftp://issuer/", "https://", "jwks.json", "http://127.0.0.1.evil.example/"] {
        assert!(Keys::jwks_url(url).is_err(), "{url}");
    }
}
