//! Serving on a free port, which is printed first.

use tokio::net::TcpListener;

/// Serves on one thread, until the process is ended.
///
/// # Errors
///
/// No port is free, or the server fails.
pub fn serve<E>(server: impl AsyncFnOnce(TcpListener) -> Result<(), E>) -> Result<(), Box<dyn std::error::Error>>
where
    E: std::error::Error + 'static,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        Ok(server(listener).await?)
    })
}
