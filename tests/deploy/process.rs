//! What a manifest says to a container is kept: environment, port, probes, and the way it is ended.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use buildflow_tests::{program, workspace};
use serde_json::{Value, json};

use crate::schemas::documents;

/// No test waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// Between the beginning of a container's end and its signal: what is in the manifest is longer.
const PAUSE: Duration = Duration::from_millis(500);

/// After what time clients know of it.
const TOLD: Duration = Duration::from_millis(200);

/// The container of a reviewed Deployment.
fn container() -> Value {
    let path = workspace().join("tests/golden/deploy/shop-kubernetes/kubernetes/base/services/orders.yaml");
    let text = std::fs::read_to_string(path).expect("there is one");
    let deployment = documents(&text).into_iter().find(|manifest| manifest["kind"] == "Deployment");
    let deployment = deployment.expect("there is a Deployment");
    let grace = &deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"];
    let container = deployment["spec"]["template"]["spec"]["containers"][0].clone();
    let pause = container["lifecycle"]["preStop"]["sleep"]["seconds"].as_u64().expect("a pause");
    assert!(Duration::from_secs(pause) > PAUSE && grace.as_u64() > Some(pause + 30), "{deployment}");
    container
}

/// A container that runs: a process with nothing of this one's environment.
struct Pod {
    process: Child,
    port: u16,
    admin: u16,
    log: JoinHandle<String>,
}

impl Pod {
    /// Starts it; its ports are those of this machine that nobody has.
    fn start(container: &Value) -> Self {
        let [port, admin] = [(); 2].map(|()| {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
            listener.local_addr().expect("an address").port()
        });
        let variables = container["env"].as_array().expect("an environment");
        let said = |variable: &Value| ["name", "value"].map(|key| variable[key].as_str().expect("a text").to_owned());
        let mut environment: BTreeMap<String, String> =
            variables.iter().map(said).map(|[name, value]| (name, value)).collect();
        let ports = ["PORT", "BUILDFLOW_ADMIN"].map(|name| environment[name].clone());
        assert_eq!(ports, ["8080", "0.0.0.0:9000"], "what is probed and called is what is listened on");
        environment.insert("PORT".to_owned(), port.to_string());
        environment.insert("BUILDFLOW_ADMIN".to_owned(), format!("0.0.0.0:{admin}"));
        let program = program().with_file_name("shop");
        assert!(program.exists(), "build it first: cargo test --workspace");
        let mut command = Command::new(program);
        let mut process = command.env_clear().envs(environment).stderr(Stdio::piped()).spawn().expect("it can be run");
        let mut stderr = process.stderr.take().expect("its log");
        let log = spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).expect("a log is text");
            text
        });
        let pod = Self { process, port, admin, log };
        let began = Instant::now();
        while pod.probe(&container["readinessProbe"]) != Some(200) {
            assert!(began.elapsed() < PATIENCE, "it does not get ready");
            sleep(Duration::from_millis(20));
        }
        assert_eq!(pod.probe(&container["livenessProbe"]), Some(200));
        pod
    }

    /// The status that a probe gets, if it gets any.
    fn probe(&self, probe: &Value) -> Option<u16> {
        assert_eq!(probe["httpGet"]["port"], 9000);
        let path = probe["httpGet"]["path"].as_str().expect("a path");
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let answer = agent.get(format!("http://127.0.0.1:{}{path}", self.admin)).call();
        answer.ok().map(|answer| answer.status().as_u16())
    }

    /// Sends the signal, and waits for the end; its log.
    fn end(mut self) -> (ExitStatus, String) {
        let killed = Command::new("kill").args(["-s", "TERM", &self.process.id().to_string()]).status();
        assert!(killed.is_ok_and(|status| status.success()));
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.process.try_wait().expect("a process") {
                break status;
            }
            assert!(began.elapsed() < PATIENCE, "it does not end");
            sleep(Duration::from_millis(10));
        };
        (status, self.log.join().expect("its log"))
    }
}

/// A client that calls whoever is said to be there, one request after the other.
struct Client {
    ports: Arc<Mutex<Vec<u16>>>,
    stopped: Arc<AtomicBool>,
    calls: JoinHandle<(usize, Vec<String>)>,
}

impl Client {
    fn start(port: u16) -> Self {
        let ports = Arc::new(Mutex::new(vec![port]));
        let stopped = Arc::new(AtomicBool::new(false));
        let (known, stop) = (Arc::clone(&ports), Arc::clone(&stopped));
        let calls = spawn(move || {
            // Connections are kept, as gateways do.
            let agent = ureq::Agent::new_with_defaults();
            let (mut answered, mut failures) = (0, Vec::new());
            while !stop.load(Ordering::Relaxed) {
                let ports = known.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let url = format!("http://127.0.0.1:{}/orders", ports[answered % ports.len()]);
                let sent = agent.post(url).content_type("application/json").send(r#"{"sku": "TEA-001", "count": 2}"#);
                match sent.and_then(|mut answer| answer.body_mut().read_to_string()) {
                    Ok(_) => answered += 1,
                    Err(error) => failures.push(error.to_string()),
                }
            }
            (answered, failures)
        });
        Self { ports, stopped, calls }
    }

    /// From now on, these are there.
    fn know(&self, ports: &[u16]) {
        *self.ports.lock().unwrap_or_else(PoisonError::into_inner) = ports.to_vec();
    }

    /// How many requests were answered, and the failures of the others.
    fn end(self) -> (usize, Vec<String>) {
        self.stopped.store(true, Ordering::Relaxed);
        self.calls.join().expect("it calls")
    }
}

#[test]
fn engines_are_told_the_options_that_a_process_has_by_default_as_well() {
    let path = workspace().join("tests/golden/deploy/shop-ray/ray/serve_config.yaml");
    let config = documents(&std::fs::read_to_string(path).expect("there is one")).remove(0);
    let environment = json!([{"name": "PORT", "value": "8080"}, {"name": "BUILDFLOW_ADMIN", "value": "0.0.0.0:9000"}]);
    let probe = |path| json!({"httpGet": {"path": path, "port": 9000}});
    let pod = Pod::start(
        &json!({"env": environment, "readinessProbe": probe("/readyz"), "livenessProbe": probe("/healthz")}),
    );
    let answer = ureq::get(format!("http://127.0.0.1:{}/flow", pod.admin)).call();
    let flow = answer.and_then(|mut answer| answer.body_mut().read_to_string()).expect("an answer");
    let flow: Value = serde_json::from_str(&flow).expect("JSON");
    pod.end();
    let services = flow["services"].as_array().expect("services");
    assert_eq!(services.len(), 2);
    assert_eq!(services[1]["options"]["max_replicas"]["source"], "from `shop.yaml`", "the flow file says it");
    for (service, application) in services.iter().zip(config["applications"].as_array().expect("applications")) {
        assert_eq!(service["service_id"], application["name"]);
        let deployment = &application["deployments"][0];
        let scaling = &deployment["autoscaling_config"];
        for (option, told) in [
            ("num_cpus", &deployment["ray_actor_options"]["num_cpus"]),
            ("num_replicas", &scaling["initial_replicas"]),
            ("min_replicas", &scaling["min_replicas"]),
            ("max_replicas", &scaling["max_replicas"]),
            ("max_concurrent_queries", &deployment["max_ongoing_requests"]),
            ("max_queued_requests", &deployment["max_queued_requests"]),
            ("target_num_ongoing_requests_per_replica", &scaling["target_ongoing_requests"]),
            ("upscale_delay", &scaling["upscale_delay_s"]),
            ("downscale_delay", &scaling["downscale_delay_s"]),
            ("look_back_period", &scaling["look_back_period_s"]),
        ] {
            let has = service["options"][option]["value"].as_f64();
            assert!(has.is_some() && has == told.as_f64(), "{option} of {service} is {told} for the engine");
        }
    }
}

#[test]
fn containers_come_and_go_and_no_request_fails() {
    let container = container();
    let mut pod = Pod::start(&container);
    let clients: Vec<Client> = (0..4).map(|_| Client::start(pod.port)).collect();
    for _ in 0..3 {
        let next = Pod::start(&container);
        clients.iter().for_each(|client| client.know(&[pod.port, next.port]));
        // Both answer. Then the end of the first begins, which is not known at once.
        sleep(2 * TOLD);
        clients.iter().for_each(|client| client.know(&[next.port]));
        sleep(PAUSE - TOLD);
        let (status, log) = pod.end();
        assert!(status.success(), "{log}");
        for line in log.lines() {
            assert!(serde_json::from_str::<Value>(line).is_ok_and(|line| line["level"].is_string()), "{line}");
        }
        pod = next;
    }
    let outcomes: Vec<(usize, Vec<String>)> = clients.into_iter().map(Client::end).collect();
    pod.end();
    for (answered, failures) in outcomes {
        assert!(answered > 50 && failures.is_empty(), "{answered} answered, {failures:?}");
    }
}
