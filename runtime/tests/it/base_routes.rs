//! Base routes take the paths that an HTTPRoute of the Gateway API does, so that a flow and a gateway before it agree; and
//! that Envoy does, which many gateways are, where `BUILDFLOW_ENVOY` names it.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::response::Response;
use buildflow_runtime::Flow;
use http::HeaderValue;
use serde_json::{Value, json};

use crate::client::{Client, Server};
use crate::pets;

const ROUTES: [&str; 3] = ["/pets", "/pets/old", "/v1/pets"];

const PATHS: [&str; 20] = [
    "/pets",
    "/pets/",
    "/pets/1",
    "/pets/1/2",
    "/petstore",
    "/pets.json",
    "/pet",
    "/",
    "/pets/old",
    "/pets/old/",
    "/pets/older",
    "/pets/old/1",
    "/v1/pets",
    "/v1/pets/1",
    "/v1",
    "/v1/petstore",
    "/PETS",
    "/pets?a=/v1",
    "/pets%2F1",
    "/x/pets",
];

/// Which route takes a path by the Gateway API (PathPrefix): the longest, element by element; a slash at the end says
/// nothing.
fn taken_by(target: &str) -> Option<&'static str> {
    let path = target.split('?').next().unwrap_or_default();
    let is_below =
        |route: &&str| path.strip_prefix(*route).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    ROUTES.into_iter().filter(is_below).max_by_key(|route| route.len())
}

#[tokio::test]
async fn a_base_route_takes_the_paths_that_an_http_route_does() {
    let marked = |base_route: &'static str| {
        let mark = axum::middleware::map_response(move |mut response: Response| async move {
            response.headers_mut().insert("x-base", HeaderValue::from_static(base_route));
            response
        });
        pets::service().service_id(base_route.replace('/', "-")).base_route(base_route).layer(mark)
    };
    let flow = ROUTES.iter().fold(Flow::new(), |flow, route| flow.add_service(marked(route)));
    let server = Server::start(flow).await;
    for path in PATHS {
        let answer = server.request("GET", path, &[], "").await;
        assert_eq!(answer.header("x-base"), taken_by(path), "{path}");
    }
    assert_eq!(PATHS.into_iter().filter(|path| taken_by(path).is_some()).count(), 11);
}

#[tokio::test]
async fn envoy_takes_the_same_paths() {
    let Some(program) = std::env::var_os("BUILDFLOW_ENVOY") else {
        eprintln!("SKIPPED: BUILDFLOW_ENVOY does not name the program `envoy`");
        return;
    };
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = free.expect("a free port");
    let mut command = Command::new(program);
    command.args(["--config-yaml", &envoy(address.port()).to_string(), "--use-dynamic-base-id"]);
    let _envoy = Killed(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it can be run"));
    let began = Instant::now();
    while tokio::net::TcpStream::connect(address).await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(20), "Envoy does not listen");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for path in PATHS {
        let answer = Client::to(address).await.request("GET", path, &[], "").await;
        assert_eq!(answer.header("x-base"), taken_by(path), "{path}");
    }
}

/// Envoy with the routes as gateways give them to it, the longest first; each answers itself.
fn envoy(port: u16) -> Value {
    let mut routes = ROUTES;
    routes.sort_by_key(|route| std::cmp::Reverse(route.len()));
    let routes = routes.map(|route| {
        json!({
            "match": { "path_separated_prefix": route },
            "direct_response": { "status": 200 },
            "response_headers_to_add": [{ "header": { "key": "x-base", "value": route } }],
        })
    });
    let manager = json!({
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "http",
        "route_config": { "virtual_hosts": [{ "name": "all", "domains": ["*"], "routes": routes }] },
        "http_filters": [{
            "name": "envoy.filters.http.router",
            "typed_config": { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
        }],
    });
    json!({ "static_resources": { "listeners": [{
        "address": { "socket_address": { "address": "127.0.0.1", "port_value": port } },
        "filter_chains": [{
            "filters": [{ "name": "envoy.filters.network.http_connection_manager", "typed_config": manager }],
        }],
    }] } })
}

/// A process that ends with the test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
