//! One program that serves a part of its flow, as engines start it.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use served::Served;

fn started(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Served, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shop"));
    command.env_remove("RUST_LOG").args(arguments).envs(environment.iter().copied());
    Served::program(command)
}

fn statuses(server: &Served) -> [u16; 2] {
    ["/products", "/orders"].map(|path| server.send("PUT", path).status)
}

#[test]
fn services_that_were_not_asked_for_are_not_served() {
    let statuses = |arguments: &[&str], environment: &[(&str, &str)]| {
        statuses(&started(arguments, environment).expect("it starts"))
    };
    assert_eq!(statuses(&[], &[]), [405, 405]);
    assert_eq!(statuses(&[], &[("BUILDFLOW_SERVICES", "orders")]), [404, 405]);
    assert_eq!(statuses(&["--services", "products"], &[("BUILDFLOW_SERVICES", "orders")]), [405, 404]);
    assert_eq!(statuses(&["--services=orders, products"], &[]), [405, 405]);
}

#[test]
fn a_service_that_is_none_of_the_flow_stops_the_start() {
    let refusal = |names: &str| started(&["--services", names], &[]).err().expect("it does not start");
    let said = refusal("orders,pets");
    assert!(said.contains("the flow has no service `pets`; it has: products, orders"), "{said}");
    assert!(refusal(",").contains("it names none of: products, orders"));
}

#[test]
fn replicas_may_be_an_engines() {
    let replicated = |replicas: &str| {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let admin = free.expect("a free port");
        let environment = [
            ("BUILDFLOW_ORDERS_MIN_REPLICAS", "2"),
            ("BUILDFLOW_ORDERS_NUM_CPUS", "0.1"),
            ("BUILDFLOW_REPLICAS", replicas),
            ("BUILDFLOW_ADMIN", &admin.to_string()),
        ];
        let server = started(&["--services", "orders"], &environment)?;
        assert_eq!(server.send_json("POST", "/orders", r#"{"sku": "TEA-001", "count": 2}"#).status, 201);
        Ok::<_, String>((server, admin))
    };
    // All that are wanted are there after a while.
    let all = |(_server, admin): (Served, SocketAddr)| {
        let began = Instant::now();
        loop {
            let mut flow = ureq::get(format!("http://{admin}/flow")).call().expect("an admin listener");
            let flow = flow.body_mut().read_to_string().expect("text");
            let flow: serde_json::Value = serde_json::from_str(&flow).expect("JSON");
            let replicas = &flow["services"][0]["replicas"];
            let count = |state: &str| replicas[state].as_u64().expect("a service with replicas");
            if count("serving") == 2 || began.elapsed() > Duration::from_secs(2) {
                return count("starting") + count("serving");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    assert_eq!(replicated("").map(all), Ok(2));
    assert_eq!(replicated("external").map(all), Ok(1));
    let said = replicated("outside").map(all).unwrap_err();
    assert!(said.contains("should be `external`"), "{said}");
}

#[test]
fn logs_are_json_on_request() {
    let first_line = |format: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shop"));
        command.env_clear().args(["--bind", "127.0.0.1:0", "--log-format", format]).stderr(Stdio::piped());
        let mut program = command.spawn().expect("it can be run");
        let mut line = String::new();
        let log = program.stderr.take().expect("it is piped");
        BufReader::new(log).read_line(&mut line).expect("a log is text");
        program.kill().and_then(|()| program.wait()).expect("it can be ended");
        line
    };
    let first: serde_json::Value = serde_json::from_str(&first_line("json")).expect("JSON");
    assert_eq!(
        (&first["level"], &first["message"], &first["service"]),
        (&"INFO".into(), &"serving".into(), &"products".into())
    );
    assert!(first_line("xml").contains("should be `compact`, `text` or `json`"));
}
