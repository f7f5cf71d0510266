//! What listens while servers come and go: each connection is handed on to the server that is there.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs as _};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// A listener that is there as long as the process is: no connection is refused.
pub(super) struct Proxy {
    target: Arc<Target>,
    /// Where it listens.
    pub address: SocketAddr,
}

/// The server that connections lead to; until there is one, they wait.
#[derive(Default)]
struct Target {
    address: Mutex<Option<SocketAddr>>,
    changed: Condvar,
}

impl Proxy {
    pub(super) fn listen(bind: &str) -> io::Result<Self> {
        let addresses: Vec<SocketAddr> = bind.to_socket_addrs()?.collect();
        let listener = TcpListener::bind(addresses.as_slice())?;
        let address = listener.local_addr()?;
        let target = Arc::new(Target::default());
        let of_connections = Arc::clone(&target);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let target = Arc::clone(&of_connections);
                // A client that goes, or a server that does, ends its connection alone; so does one too many.
                let _ = thread::Builder::new().spawn(move || hand_on(client, &target));
            }
        });
        Ok(Self { target, address })
    }

    /// From now on, new connections lead there.
    pub(super) fn lead_to(&self, address: SocketAddr) {
        *self.target.address.lock().unwrap_or_else(PoisonError::into_inner) = Some(address);
        self.target.changed.notify_all();
    }
}

impl Target {
    fn wait(&self) -> SocketAddr {
        let mut address = self.address.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(address) = *address {
                return address;
            }
            address = self.changed.wait(address).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// How often another server is tried, where one ends at this moment.
const TRIES: usize = 50;

/// Copies both ways until both have ended.
fn hand_on(client: TcpStream, target: &Target) -> io::Result<()> {
    let mut server = TcpStream::connect(target.wait());
    for _ in 0..TRIES {
        if server.is_ok() {
            break;
        }
        thread::sleep(Duration::from_millis(20));
        server = TcpStream::connect(target.wait());
    }
    let (client, server) = (Arc::new(client), Arc::new(server?));
    for stream in [&client, &server] {
        stream.set_nodelay(true)?;
    }
    let (from_client, to_server) = (Arc::clone(&client), Arc::clone(&server));
    let upstream = thread::Builder::new().spawn(move || {
        copy(&from_client, &to_server);
    })?;
    copy(&server, &client);
    // A client learns that nothing more comes, and need not say anything more itself.
    let _ = client.shutdown(Shutdown::Both);
    let _ = upstream.join();
    Ok(())
}

/// What one side says no more, the other is told no more.
fn copy(mut from: &TcpStream, mut to: &TcpStream) {
    let _ = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};

    /// A server that says its name to whoever connects.
    fn server(name: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        thread::spawn(move || {
            listener.incoming().flatten().for_each(|mut client| drop(client.write_all(name.as_bytes())))
        });
        address
    }

    #[test]
    fn connections_wait_for_a_server_and_lead_to_the_newest() {
        let proxy = Proxy::listen("127.0.0.1:0").expect("a free port");
        let address = proxy.address;
        let asked = move || {
            let mut text = String::new();
            TcpStream::connect(address).and_then(|mut stream| stream.read_to_string(&mut text)).map(|_| text)
        };
        let early = thread::spawn(asked);
        proxy.lead_to(server("one"));
        assert_eq!(early.join().expect("it ends").ok().as_deref(), Some("one"));
        proxy.lead_to(server("two"));
        assert_eq!(asked().ok().as_deref(), Some("two"));
    }
}
