//! Serves the shop on a free port, which it prints first.
//!
//!     serve SERVER

use std::convert::Infallible;

use bench::{by_axum, by_buildflow, by_hyper};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = std::env::args().nth(1).expect("serve SERVER");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        match server.as_str() {
            "buildflow" => by_buildflow::flow().serve(listener, std::future::pending()).await?,
            "axum" => axum::serve(listener, by_axum::router()).await?,
            _ => serve_hyper(listener).await?,
        }
        Ok(())
    })
}

async fn serve_hyper(listener: TcpListener) -> std::io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let service = service_fn(async |request| Ok::<_, Infallible>(by_hyper::answer(request).await));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}
