//! The document that a service enforces, and the pages that show it.

use buildflow_runtime::{Docs, Flow, axum};

use crate::client::{Answer, Server};
use crate::pets;

async fn get(server: &Server, path: &str) -> Answer {
    server.request("GET", path, &[], "").await
}

async fn status(server: &Server, path: &str) -> u16 {
    get(server, path).await.status
}

/// Every path that the pages and the document have by default.
const PATHS: [&str; 11] = [
    "/openapi.json",
    "/openapi.yaml",
    "/docs",
    "/docs/start.js",
    "/docs/swagger-ui-bundle.js",
    "/docs/swagger-ui.css",
    "/docs/favicon-32x32.png",
    "/docs/oauth2-redirect.html",
    "/redoc",
    "/redoc/redoc.js",
    "/redoc/start.js",
];

#[tokio::test]
async fn the_document_is_served_with_the_address_of_its_service() {
    let pets = || pets::service().base_route("/a/pets");
    let server = Server::start(Flow::new().add_service(pets())).await;
    let json = get(&server, "/a/pets/openapi.json").await;
    assert_eq!((json.status, json.header("content-type")), (200, Some("application/json")));
    assert_eq!(json.text(), pets::DOCUMENT.replace(r#""url":"/""#, r#""url":"../pets""#));
    let yaml = get(&server, "/a/pets/openapi.yaml").await;
    assert_eq!((yaml.status, yaml.header("content-type")), (200, Some("application/yaml")));
    let start = "openapi: \"3.1.0\"\nservers:\n  - url: \"../pets\"\ninfo:\n  title: \"Pets & <more>\"\n";
    assert!(yaml.text().starts_with(start), "{}", yaml.text());
    assert_eq!(status(&server, "/openapi.json").await, 404);
}

#[tokio::test]
async fn what_a_client_has_is_not_sent_again() {
    let server = Server::pets().await;
    for path in PATHS {
        let answer = get(&server, path).await;
        assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-cache")), "{path}");
        let tag = answer.header("etag").expect("a tag").to_owned();
        for sent in [tag.clone(), tag.replace("W/", ""), format!("\"other\", {tag}"), "*".to_owned()] {
            let again = server.request("GET", path, &[("if-none-match", &sent)], "").await;
            assert_eq!((again.status, again.body.len()), (304, 0), "{path} {sent}");
            assert_eq!(again.header("etag"), Some(tag.as_str()));
        }
        assert_eq!(server.request("GET", path, &[("if-none-match", "W/\"other\"")], "").await.status, 200);
    }
}

#[tokio::test]
async fn files_are_read_with_get_and_head_only() {
    let server = Server::pets().await;
    for path in PATHS {
        let (get, head) = (get(&server, path).await, server.request("HEAD", path, &[], "").await);
        assert_eq!((head.status, head.body.len()), (200, 0));
        assert_eq!(head.header("content-length"), get.header("content-length"));
        let post = server.request("POST", path, &[], "").await;
        assert_eq!((post.status, post.header("allow")), (405, Some("GET, HEAD")));
    }
}

#[tokio::test]
async fn pages_run_no_inline_script_and_load_nothing_from_elsewhere() {
    let server = Server::pets().await;
    for path in ["/docs", "/redoc"] {
        let page = get(&server, path).await;
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        let html = page.text();
        assert!(html.contains("<title>Pets &amp; &lt;more&gt;</title>"), "{html}");
        assert!(html.matches("<script").count() == html.matches("<script src=\"").count(), "{html}");
        assert!(!html.contains("://"), "{html}");
    }
    let page = get(&server, "/docs").await;
    let policy = page.header("content-security-policy").expect("a policy");
    // Where the document says that tokens come from.
    assert!(policy.contains("connect-src 'self' https://login.example;"), "{policy}");
}

#[tokio::test]
async fn the_files_of_swagger_ui_are_sent_as_they_are_compressed() {
    let server = Server::pets().await;
    let script = get(&server, "/docs/swagger-ui-bundle.js").await;
    assert_eq!(script.header("content-encoding"), Some("gzip"));
    assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(script.body[..3], [0x1f, 0x8b, 8]);
    assert!(script.body.len() > 100_000);
    assert_eq!(status(&server, "/docs/index.html").await, 404);
    assert_eq!(status(&server, "/docs/../openapi.json").await, 404);
}

#[tokio::test]
async fn docs_are_moved_or_turned_off_in_code() {
    let moved = Docs::new().swagger_ui(Some("/v1/reference")).redoc(None).openapi(Some("/v1/api"));
    let server = Server::start(Flow::new().add_service(pets::service().docs(moved))).await;
    for path in ["/v1/reference", "/v1/reference/start.js", "/v1/api.json", "/v1/api.yaml"] {
        assert_eq!(status(&server, path).await, 200, "{path}");
    }
    let page = get(&server, "/v1/reference").await;
    let page = page.text();
    assert!(page.contains("data-document=\"../v1/api.json\"") && page.contains("src=\"reference/start.js\""), "{page}");
    for path in PATHS {
        assert_eq!(status(&server, path).await, 404, "{path}");
    }
    for off in [Docs::off(), Docs::new().openapi(None)] {
        let server = Server::start(Flow::new().add_service(pets::service().docs(off))).await;
        for path in PATHS {
            assert_eq!(status(&server, path).await, 404, "{path}");
        }
    }
}

#[tokio::test]
async fn paths_of_the_service_go_before_those_of_its_docs() {
    let docs = Docs::new().swagger_ui(Some("/pets")).redoc(Some("/pets/7"));
    let server = Server::start(Flow::new().add_service(pets::service().docs(docs))).await;
    assert_eq!(get(&server, "/pets/7").await.json(), serde_json::json!({"id": 7}));
    assert_eq!(status(&server, "/pets").await, 422);
    let own = axum::Router::new().route("/docs", axum::routing::get(|| async { "mine" }));
    let server = Server::start(Flow::new().add_service(pets::service().merge(own))).await;
    assert_eq!(get(&server, "/docs").await.text(), "mine");
}

#[tokio::test]
async fn layers_stand_around_docs() {
    use axum::http::{Request, StatusCode};
    use axum::middleware::{Next, from_fn};
    let refuse = from_fn(|_: Request<axum::body::Body>, _: Next| async { StatusCode::FORBIDDEN });
    let server = Server::start(Flow::new().add_service(pets::service().layer(refuse))).await;
    for path in PATHS {
        assert_eq!(status(&server, path).await, 403, "{path}");
    }
}

#[tokio::test]
async fn the_flow_has_a_page_that_lists_its_services() {
    let other = || pets::service().base_route("/other");
    let hidden = || pets::service().base_route("/hidden").docs(Docs::off());
    let moved = || pets::service().base_route("/a/b").docs(Docs::new().swagger_ui(Some("/x")).redoc(None));
    let flow = Flow::new().add_service(other()).add_service(hidden()).add_service(moved());
    let server = Server::start(flow).await;
    let page = get(&server, "/docs").await;
    let html = page.text();
    assert_eq!(page.status, 200);
    assert_eq!(html.matches("<h2>Pets &amp; &lt;more&gt; <small>1.0.0</small></h2>").count(), 2, "{html}");
    let links = [
        "other/docs",
        "other/redoc",
        "other/openapi.json",
        "other/openapi.yaml",
        "a/b/x",
        "a/b/openapi.json",
        "a/b/openapi.yaml",
    ];
    assert_eq!(links_of(html), links);
    for link in links {
        assert_eq!(status(&server, &format!("/{link}")).await, 200, "{link}");
    }
    assert_eq!(server.request("POST", "/docs", &[], "").await.status, 405);
    assert_eq!(status(&server, "/redoc").await, 404);
}

#[tokio::test]
async fn beside_a_service_at_the_root_the_page_is_below_its_docs() {
    let other = || pets::service().base_route("/other");
    let server = Server::start(Flow::new().add_service(pets::service()).add_service(other())).await;
    let page = get(&server, "/docs/services").await;
    assert_eq!(links_of(page.text())[..2], ["../docs", "../redoc"]);
    assert_eq!(links_of(page.text())[4..6], ["../other/docs", "../other/redoc"]);
    assert!(get(&server, "/docs").await.text().contains("swagger-ui-bundle.js"));
    // A service that is alone needs no such page, and a flow without docs has none.
    assert_eq!(status(&Server::pets().await, "/docs/services").await, 404);
    let server = Server::start(Flow::new().add_service(other().docs(Docs::off()))).await;
    assert_eq!(status(&server, "/docs").await, 404);
}

fn links_of(html: &str) -> Vec<&str> {
    html.split("<a href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}
