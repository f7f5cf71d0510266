//! Charts, as Helm takes them, and manifests, as kustomize puts them together.
//!
//! The programs are those that `BUILDFLOW_HELM` and `BUILDFLOW_KUBECTL` name, or `helm` and `kubectl`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use buildflow_tests::{scratch, workspace};
use serde_json::{Value, json};

use crate::schemas::documents;
use crate::{CASES, Case, deploy};

/// A program, if it is there; a test that needs it says that it was skipped.
fn tool(name: &str) -> Option<PathBuf> {
    let variable = format!("BUILDFLOW_{}", name.to_uppercase());
    let program = std::env::var_os(&variable).map_or_else(|| PathBuf::from(name), PathBuf::from);
    let found = Command::new(&program).arg("help").output().is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("SKIPPED: there is no `{name}`, and {variable} names none");
    }
    found.then_some(program)
}

fn run(program: &Path, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).output().expect("it can be run")
}

/// What a program prints that should end well.
fn printed(program: &Path, arguments: &[&str]) -> String {
    let output = run(program, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it is text")
}

/// Manifests in an order that is theirs.
fn sorted(mut manifests: Vec<Value>) -> Vec<Value> {
    manifests.retain(|manifest| !manifest.is_null());
    let key = |manifest: &Value| [&manifest["kind"], &manifest["metadata"]["name"]].map(Value::to_string);
    manifests.sort_by_key(key);
    manifests
}

/// What a chart makes with these arguments; what Helm says of itself is left out.
fn templated(helm: &Path, chart: &str, arguments: &[&str]) -> Vec<Value> {
    let text = printed(helm, &[&["template", "release", chart], arguments].concat());
    let mut manifests = documents(text.trim_start_matches("---\n"));
    for manifest in manifests.iter_mut().filter(|manifest| !manifest.is_null()) {
        let labels = manifest["metadata"]["labels"].as_object_mut().expect("every object has labels");
        for name in ["app.kubernetes.io/managed-by", "app.kubernetes.io/instance", "helm.sh/chart"] {
            assert!(labels.remove(name).is_some(), "{name}");
        }
        if labels.is_empty() {
            manifest["metadata"].as_object_mut().expect("an object").remove("labels");
        }
    }
    sorted(manifests)
}

/// Writes the files of a case, and returns their folder.
fn written(case: &Case, more: &[&str]) -> PathBuf {
    let folder = scratch(&format!("chart-{}", case.name));
    let output = deploy(&workspace().join(case.document), &folder, &[case.arguments, more].concat());
    assert!(output.status.success(), "{}: {}", case.name, String::from_utf8_lossy(&output.stderr));
    folder
}

/// The chart of a flow whose service says every option.
fn chart() -> String {
    let case = Case {
        name: "values",
        document: "tests/deploy/deployed.yaml",
        arguments: &["--target", "kubernetes", "--binary", "deployed", "--helm"],
    };
    written(&case, &[]).join("kubernetes/chart").display().to_string()
}

#[test]
fn a_chart_passes_strict_lint_and_makes_the_manifests_of_kustomize() {
    let (Some(helm), Some(kubectl)) = (tool("helm"), tool("kubectl")) else { return };
    for case in CASES.iter().filter(|case| case.name.ends_with("-kubernetes")) {
        let more: &[&str] = if case.arguments.contains(&"--helm") { &[] } else { &["--helm"] };
        let folder = written(case, more).join("kubernetes");
        let path = |name: &str| folder.join(name).display().to_string();
        printed(&helm, &["lint", "--strict", &path("chart")]);
        let kustomized = sorted(documents(&printed(&kubectl, &["kustomize", &path("overlays/release")])));
        assert_eq!(kustomized, sorted(documents(&printed(&kubectl, &["kustomize", &path("base")]))));
        let namespace = case.arguments.iter().skip_while(|argument| **argument != "--namespace").nth(1);
        let made = templated(&helm, &path("chart"), &["--namespace", namespace.unwrap_or(&"default")]);
        assert_eq!(made, kustomized, "{}", case.name);
    }
}

#[test]
fn the_manifests_of_knative_are_put_together_by_kustomize() {
    let Some(kubectl) = tool("kubectl") else { return };
    for case in CASES.iter().filter(|case| case.name.ends_with("-knative")) {
        let folder = written(case, &[]).join("knative").display().to_string();
        let kinds = documents(&printed(&kubectl, &["kustomize", &folder]));
        assert!(kinds.iter().any(|manifest| manifest["kind"] == "ReferenceGrant"), "{kinds:#?}");
    }
}

#[test]
fn values_set_what_differs_between_clusters() {
    let Some(helm) = tool("helm") else { return };
    let chart = chart();
    let values = scratch("chart-own").join("own.yaml");
    let own = "
image: { repository: mirror.example/pets, tag: v7, digest: '', pullPolicy: Always }
imagePullSecrets: [{ name: registry }]
gateway: { namespace: edge, name: public, hostnames: [pets.example] }
trustedProxies: 10.0.0.0/8
services:
  pet-shop:
    minReplicas: 3
    maxReplicas: 3
    maxConcurrentQueries: 70
    resources: { limits: { memory: 1Gi } }
    environment: [{ name: DATABASE_URL, valueFrom: { secretKeyRef: { name: database, key: url } } }]
    annotations: { reloader: 'true' }
    podAnnotations: { sidecar: 'false' }
    nodeSelector: { disk: ssd }
    tolerations: [{ key: spot, operator: Exists }]
    affinity: { podAntiAffinity: {} }
    secret: { name: of-the-vault }
";
    std::fs::write(&values, own).expect("it can be written");
    let manifests = templated(&helm, &chart, &["--values", &values.display().to_string()]);
    let of = |kind: &str| manifests.iter().find(|manifest| manifest["kind"] == kind);
    assert_eq!(of("HorizontalPodAutoscaler"), None, "equal bounds do not scale");
    assert_eq!(
        of("HTTPRoute").expect("there is a route")["spec"]["parentRefs"],
        json!([{"namespace": "edge", "name": "public"}])
    );
    assert_eq!(of("HTTPRoute").expect("there is a route")["spec"]["hostnames"], json!(["pets.example"]));
    let deployment = of("Deployment").expect("there is a Deployment");
    assert_eq!(deployment["metadata"]["annotations"], json!({"reloader": "true"}));
    assert_eq!(deployment["spec"]["replicas"], 3);
    assert_eq!(deployment["spec"]["template"]["metadata"]["annotations"], json!({"sidecar": "false"}));
    let pod = &deployment["spec"]["template"]["spec"];
    assert_eq!(pod["imagePullSecrets"], json!([{"name": "registry"}]));
    assert_eq!(pod["nodeSelector"], json!({"disk": "ssd"}));
    assert_eq!(pod["tolerations"], json!([{"key": "spot", "operator": "Exists"}]));
    assert_eq!(pod["affinity"], json!({"podAntiAffinity": {}}));
    assert_eq!(pod["volumes"][1]["secret"]["secretName"], "of-the-vault");
    let container = &pod["containers"][0];
    assert_eq!(container["image"], "mirror.example/pets:v7");
    assert_eq!(container["imagePullPolicy"], "Always");
    let requests = json!({"cpu": "250m", "memory": "256Mi"});
    assert_eq!(container["resources"], json!({"requests": requests, "limits": {"memory": "1Gi"}}));
    let variables = container["env"].as_array().expect("an environment");
    let variable = |name: &str| variables.iter().find(|variable| variable["name"] == name).expect("it is there");
    assert_eq!(variable("BUILDFLOW_PET_SHOP_MAX_CONCURRENT_QUERIES")["value"], "70");
    assert_eq!(variable("BUILDFLOW_TRUSTED_PROXIES")["value"], "10.0.0.0/8");
    assert_eq!(variable("PETS_SECRET")["valueFrom"]["secretKeyRef"]["name"], "of-the-vault");
    assert_eq!(variable("DATABASE_URL")["valueFrom"]["secretKeyRef"]["key"], "url");
    let inner = templated(&helm, &chart, &["--set", "gateway.enabled=false"]);
    assert!(inner.iter().all(|manifest| manifest["kind"] != "HTTPRoute"), "{inner:#?}");
    let without = printed(&helm, &["template", "release", &chart, "--set", "services.pet-shop=null"]);
    assert_eq!(without.trim(), "", "null leaves a service out");
}

#[test]
fn values_that_are_not_possible_are_refused() {
    let Some(helm) = tool("helm") else { return };
    let chart = chart();
    for (wrong, told) in [
        ("services.pet-shop.minReplicas=0", "minReplicas"),
        ("services.pet-shop.minReplicas=7", "minReplicas is more than maxReplicas"),
        ("services.pet-shop.replicas=2", "replicas"),
        ("services.pets.minReplicas=2", "pets"),
        ("services.pet-shop.baseRoute=pets", "baseRoute"),
        ("services.pet-shop.environment[0].value=a", "environment"),
        ("image.digest=", "image"),
        ("image.digest=sha256:12", "digest"),
        ("scaler=knative", "scaler"),
        ("imagePullSecret=registry", "imagePullSecret"),
        ("services.pet-shop.targetOngoingRequests=51", "targetOngoingRequests is more than maxConcurrentQueries"),
        ("services.pet-shop.maxReplicas=5000000000", "maxReplicas"),
        ("services.pet-shop.resources.requests.cpu=two", "cpu"),
        ("trustedProxies=10.0.0.0/99", "trustedProxies"),
        ("image.repository=a:1", "repository"),
        ("gateway=null", "gateway"),
    ] {
        let output = run(&helm, &["template", "release", &chart, "--set", wrong]);
        let report = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && report.contains(told), "{wrong}: {report}");
    }
    let keda = ["template", "release", &chart, "--set", "scaler=keda"];
    assert!(run(&helm, &keda).status.success());
    let fraction = run(&helm, &[&keda[..], &["--set", "services.pet-shop.targetOngoingRequests=1.5"]].concat());
    assert!(!fraction.status.success(), "a target of KEDA is a whole number");
}
