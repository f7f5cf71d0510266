//! What an engine would refuse, clamp or ignore is told at its place.

use buildflow_tests::{scratch, workspace};

use crate::deploy;

/// What is told of a document with these options: code, and the line that is pointed at.
fn told(target: &[&str], options: &str) -> Vec<String> {
    let folder = scratch(&format!("refusals-{:x}-{}", options.len(), target.join("")));
    let document = folder.join("a.yaml");
    let lines: String = options.lines().map(|line| format!("  {}\n", line.trim_start())).collect();
    let text = format!(
        "openapi: 3.1.0\ninfo: {{ title: a, version: '1' }}\nx-buildflow-service:\n{lines}paths:\n  /a: {{ get: {{ responses: {{ '204': {{ description: a }} }} }} }}\n"
    );
    std::fs::write(&document, &text).expect("it can be written");
    let output = deploy(&document, &folder.join("out"), &[&["--binary", "a", "--target"], target].concat());
    let report = String::from_utf8(output.stderr).expect("a report is text");
    let lines: Vec<&str> = report.lines().collect();
    let is_told = |line: &&str| line.starts_with("error[") || line.starts_with("warning[");
    let told: Vec<String> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| is_told(line))
        .map(|(at, title)| {
            let place = lines[at + 1].rsplit(':').nth(1).expect("a place").parse::<usize>().expect("a line");
            let said = text.lines().nth(place - 1).unwrap_or_default().trim();
            format!(
                "{} @ {said}",
                title.split_once(']').map_or(*title, |(_, message)| message.trim_start_matches(": "))
            )
        })
        .collect();
    assert_eq!(output.status.success(), !report.contains("error["), "{report}");
    assert_eq!(folder.join("out").exists(), output.status.success(), "nothing is written where there are errors");
    told
}

const RAY: &[&str] = &["ray"];
const KNATIVE: &[&str] = &["knative"];
const HPA: &[&str] = &["kubernetes"];
const KEDA: &[&str] = &["kubernetes", "--keda"];

#[test]
fn each_bad_option_is_told_with_the_reason_of_the_engine() {
    let target = "target_num_ongoing_requests_per_replica";
    let table: &[(&[&str], String, String)] = &[
        (
            KNATIVE,
            "max_concurrent_queries: 1001".into(),
            "is more than the containerConcurrency of Knative may be, 1000".into(),
        ),
        (KNATIVE, format!("{target}: 0.009"), "is less than the least target of Knative, 0.01".into()),
        (KNATIVE, format!("{target}: 101"), "is more than `max_concurrent_queries`, 100".into()),
        (HPA, format!("{target}: 101"), "is more than `max_concurrent_queries`, 100".into()),
        (KNATIVE, "num_replicas: 2".into(), "is more than `max_replicas`, whose default is 1".into()),
        (HPA, "min_replicas: 0".into(), "should be a whole number of 1 or more".into()),
        (KEDA, format!("{target}: 1.5"), "is no whole number: the targetValue of KEDA is one".into()),
        (HPA, format!("{target}: 0.0005"), "is no number of thousandths: the averageValue of an HPA is one".into()),
        (KNATIVE, "downscale_delay: 3601".into(), "is more than an hour, 3600".into()),
        (KNATIVE, "downscale_delay: 0.5".into(), "is no whole number of seconds".into()),
        (KNATIVE, "look_back_period: 5".into(), "is less than 6 seconds".into()),
        (HPA, "upscale_delay: 3601".into(), "is more than an hour, 3600".into()),
        (HPA, "downscale_delay: 1.5".into(), "is no whole number of seconds".into()),
        (HPA, "num_cpus: 0.0001".into(), "is no number of thousandths: clusters count no less of a CPU".into()),
        (
            KNATIVE,
            "base_route: /a/../b".into(),
            "has `.` or `..` between slashes: an HTTPRoute takes no such path".into(),
        ),
        (HPA, "base_route: /a/.".into(), "has `.` or `..` between slashes: an HTTPRoute takes no such path".into()),
        (KNATIVE, "base_route: /a//b".into(), "should be `/` or a path such as `/pets`".into()),
        (
            KNATIVE,
            "upscale_delay: 10".into(),
            "Knative starts replicas as soon as its window's average asks for them".into(),
        ),
        (
            KNATIVE,
            "max_queued_requests: 5".into(),
            "what waits, waits in Knative's proxies: ten times the limit".into(),
        ),
        (HPA, "look_back_period: 60".into(), "what adapts metrics has a time of its own".into()),
        (RAY, "look_back_period: 10".into(), "is not more than 10: Ray counts so many seconds together".into()),
        (RAY, format!("{target}: 101"), "is more than `max_concurrent_queries`, 100".into()),
    ];
    for (target, option, reason) in table {
        let told = told(target, &format!("service_id: pets\n{option}"));
        assert!(
            told.len() == 1 && told[0].contains(reason.as_str()) && told[0].ends_with(&format!(" @ {option}")),
            "{option}: {told:#?}"
        );
    }
    for service_id in ["9pets", "Pets", "pets_svc", "pets-"] {
        for target in [KNATIVE, HPA] {
            let told = told(target, &format!("service_id: {service_id}"));
            assert!(told.len() == 1 && told[0].contains("is no name of a cluster's service"), "{service_id}: {told:?}");
        }
    }
}

#[test]
fn possible_options_are_not_told() {
    let options = "service_id: pets\nmax_concurrent_queries: 1000\ntarget_num_ongoing_requests_per_replica: 0.5\ndownscale_delay: 3600\nnum_cpus: 0.001\nbase_route: /a/...";
    assert_eq!(told(KNATIVE, options), [""; 0]);
    assert_eq!(told(HPA, options), [""; 0]);
    let rays =
        "service_id: pets_2\nupscale_delay: 0.5\ndownscale_delay: 7200\nmax_queued_requests: 5\nnum_cpus: 0.0001";
    assert_eq!(told(RAY, rays), [""; 0]);
    let initial = "service_id: pets\nnum_replicas: 2\nmax_replicas: 3";
    assert_eq!(told(KNATIVE, initial), [""; 0]);
    assert_eq!(told(HPA, initial).len(), 1, "an HPA knows no number of replicas to start with");
}

#[test]
fn all_is_told_at_once_and_a_service_without_a_name_too() {
    let told = told(KNATIVE, "service_id: Pets\nmax_concurrent_queries: 1001\ndownscale_delay: 3600.5");
    assert_eq!(told.len(), 4, "{told:#?}");
    let folder = scratch("refusals-unnamed");
    let document = folder.join("a.yaml");
    std::fs::write(&document, "openapi: 3.1.0\ninfo: { title: a, version: '1' }\npaths: {}\n")
        .expect("it can be written");
    let output = deploy(&document, &folder, &["--target", "knative", "--binary", "a"]);
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && report.contains("`a` has no `service_id`"), "{report}");
}

#[test]
fn secrets_that_cannot_be_mounted_and_sockets_by_http2_are_told() {
    let secret = "service_id: pets\nmiddleware: [{ session: { secret_key: [{ file: secrets/a }, { file: /secrets/b c }, { file: /tmp/d }, { file: /e }, { env: PORT }] } }]";
    let told = told(KNATIVE, secret);
    assert_eq!(told.len(), 5, "{told:#?}");
    let of_ray = self::told(
        RAY,
        "service_id: pets\nmiddleware: [{ session: { secret_key: [{ env: KEY }, { file: /run/old }] } }]",
    );
    assert_eq!(of_ray.len(), 1);
    assert!(of_ray[0].contains("replicas of Ray Serve need `KEY`, the file `/run/old`"), "{of_ray:?}");
    for secret in [
        "{ file: /lib64/k }",
        "{ file: /etc/ssl/certs/k }",
        "{ file: /etc/k }",
        "{ env: BUILDFLOW_PETS_BASE_ROUTE }",
        "{ env: LD_PRELOAD }",
        "{ env: PORT }",
        "[{ file: /run/a/k }, { file: /run/a/b/l }]",
        "[{ file: /run/a/k }, { file: /run/b/k }]",
    ] {
        let options = format!("service_id: pets\nmiddleware: [{{ session: {{ secret_key: {secret} }} }}]");
        assert_eq!(self::told(HPA, &options).len(), 1, "{secret}");
    }
    let talk = workspace().join("specs/talk.yaml");
    let folder = scratch("refusals-socket");
    let reasons: [(&[&str], &str); 2] = [
        (&["--target", "knative", "--http2"], "a WebSocket is opened by HTTP/1.1, and replicas get HTTP/2"),
        (&["--target", "ray"], "a WebSocket is not forwarded to replicas of Ray Serve"),
    ];
    for (arguments, reason) in reasons {
        let report = deploy(&talk, &folder, &[arguments, &["--binary", "talk"]].concat()).stderr;
        assert!(String::from_utf8_lossy(&report).contains(reason), "{reason}");
    }
}

#[test]
fn certificates_of_clients_that_no_replica_would_see_are_told() {
    let document = workspace().join("tests/apps/guarded/certified.yaml");
    let folder = scratch("refusals-certificates");
    for target in ["ray", "knative", "kubernetes"] {
        let report = deploy(&document, &folder, &["--target", target, "--binary", "guarded"]).stderr;
        let report = String::from_utf8_lossy(&report).into_owned();
        assert!(report.contains("clients' certificates end at an engine's proxies"), "{target}: {report}");
    }
}

#[test]
fn an_image_without_a_tag_and_a_digest_is_wrong_usage() {
    let folder = scratch("refusals-image");
    for image in ["registry.example/shop", "localhost:5000/shop", "shop@sha256:12"] {
        let mut command = std::process::Command::new(buildflow_tests::program());
        command.arg("deploy").arg(workspace().join("specs/shop.yaml")).arg("--out").arg(&folder);
        let output = command.args(["--target", "knative", "--image", image]).output().expect("it can be run");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && said.contains("sha256:"), "{said}");
    }
}

#[test]
fn proxies_that_are_no_networks_are_wrong_usage() {
    let folder = scratch("refusals-proxies");
    for proxies in ["gateway", "10.0.0.0/33", "10.0.0.1,", "::1/129"] {
        let mut command = std::process::Command::new(buildflow_tests::program());
        command.arg("deploy").arg(workspace().join("specs/shop.yaml")).arg("--out").arg(&folder);
        let output = command.args(["--target", "ray", "--program", "/shop", "--trusted-proxies", proxies]).output();
        let output = output.expect("it can be run");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && said.contains("is no address"), "{said}");
    }
}
