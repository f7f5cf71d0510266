//! Mutual TLS: clients that prove with certificates who they are.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use buildflow_runtime::{Flow, Tls};
use guarded::{Endpoints, certified};
use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair, SanType};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// A server, the authority that its certificate is of, and one that it takes clients' certificates of.
struct Place {
    folder: tempfile::TempDir,
    authority: Issuer<'static, KeyPair>,
    server: CertificateDer<'static>,
    address: SocketAddr,
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn authority() -> (Issuer<'static, KeyPair>, Certificate) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).expect("a certificate");
    (Issuer::new(params, key), certificate)
}

/// A client's certificate for a DNS name and a URI.
fn identity(name: &str, authority: &Issuer<'static, KeyPair>) -> Identity {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
    params.subject_alt_names.push(SanType::URI("spiffe://test/a".try_into().expect("a URI")));
    let certificate = params.signed_by(&key, authority).expect("a certificate");
    (vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).expect("a key"))
}

impl Place {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: String| -> PathBuf {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("a file");
            path
        };
        let (authority, certificate) = authority();
        let client_ca = write("clients.pem", certificate.pem());
        let key = KeyPair::generate().expect("a key");
        let server = CertificateParams::new(["localhost".to_owned()]).expect("a name").self_signed(&key);
        let server = server.expect("a certificate");
        let tls = Tls::files(write("server.pem", server.pem()), write("server.key", key.serialize_pem()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let flow = Flow::new().tls(tls.client_ca(client_ca)).add_service(certified::service(Endpoints));
        tokio::spawn(flow.serve(listener, std::future::pending()));
        Self { folder, authority, server: server.der().clone(), address }
    }

    /// Status, and the body or what is asked for in place of it.
    async fn get(&self, path: &str, identity: Option<&Identity>, key: Option<&str>) -> std::io::Result<(u16, String)> {
        let mut roots = RootCertStore::empty();
        roots.add(self.server.clone()).expect("a root");
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().expect("versions").with_root_certificates(roots);
        let config = match identity {
            Some((chain, key)) => builder.with_client_auth_cert(chain.clone(), key.clone_key()).expect("an identity"),
            None => builder.with_no_client_auth(),
        };
        let tcp = TcpStream::connect(self.address).await?;
        let name = ServerName::try_from("localhost").expect("a name");
        let mut stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await?;
        let key = key.map_or_else(String::new, |key| format!("x-key: {key}\r\n"));
        let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{key}\r\n");
        stream.write_all(head.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let asked = head.lines().filter_map(|line| line.strip_prefix("www-authenticate: ")).collect::<Vec<_>>();
        Ok((status, if status == 200 { body.to_owned() } else { asked.join(", ") }))
    }
}

#[tokio::test]
async fn certificates_are_a_scheme_like_any_other() {
    let place = Place::start().await;
    let ann = identity("ann.test", &place.authority);
    let stranger = identity("stranger", &place.authority);
    let (ann, stranger) = (Some(&ann), Some(&stranger));
    let ask = "ClientCertificate";
    for (path, identity, key, status, said) in [
        ("/only", ann, None, 200, "ann.test spiffe://test/a"),
        ("/only", None, None, 401, ask),
        ("/only", None, Some("k"), 401, ask),
        ("/only", stranger, None, 403, ""),
        ("/either", ann, None, 200, "ann.test spiffe://test/a"),
        ("/either", None, Some("k"), 200, "key"),
        ("/either", stranger, Some("k"), 200, "key"),
        ("/either", stranger, None, 403, ""),
        ("/either", None, None, 401, "ClientCertificate, ApiKey"),
        ("/both", ann, Some("k"), 200, "ann.test spiffe://test/a + key"),
        ("/both", ann, None, 401, "ClientCertificate, ApiKey"),
        ("/both", None, Some("k"), 401, "ClientCertificate, ApiKey"),
        ("/both", ann, Some("wrong"), 401, "ClientCertificate, ApiKey"),
        ("/both", stranger, Some("k"), 403, ""),
        ("/perhaps", ann, None, 200, "ann.test spiffe://test/a 1"),
        ("/perhaps", stranger, None, 200, "nobody 1"),
        ("/perhaps", None, None, 200, "nobody 0"),
        ("/anybody", None, None, 200, "https"),
    ] {
        let answer = place.get(path, identity, key).await.expect("an answer");
        assert_eq!(answer, (status, said.to_owned()), "{path} {} {key:?}", identity.is_some());
    }
}

#[tokio::test]
async fn a_certificate_of_another_authority_gets_nowhere() {
    let place = Place::start().await;
    let other = identity("ann.test", &authority().0);
    for path in ["/only", "/anybody"] {
        assert!(place.get(path, Some(&other), None).await.is_err(), "{path}");
    }
}

#[tokio::test]
async fn a_service_with_mutual_tls_starts_nowhere_else() {
    let place = Place::start().await;
    let files = |name: &str| place.folder.path().join(name);
    let tls = Tls::files(files("server.pem"), files("server.key"));
    let flow = || Flow::new().add_service(certified::service(Endpoints));
    for flow in [flow(), flow().tls(tls)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let error = flow.serve(listener, std::future::ready(())).await.expect_err("a refusal");
        assert!(error.to_string().contains("`certified` asks for certificates of clients"), "{error}");
    }
    assert!(flow().into_router().is_err());
    assert!(certified::service(Endpoints).into_router().is_err());
    assert!(certified::service_with(|| async { Ok::<_, std::io::Error>(Endpoints) }).into_router().is_err());
}
