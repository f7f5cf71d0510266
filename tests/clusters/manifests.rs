//! The reviewed manifests of `deploy`, as a cluster takes them: what it has no type of its own for passes the rules of its
//! definition, and what it has one for is all there when that has been read.
//!
//! `cargo test --manifest-path tests/clusters/Cargo.toml`; the rules need `BUILDFLOW_CRDS`, a folder of definitions.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use k8s_openapi::api::{apps, autoscaling, core, networking, policy};
use kube_cel::Validator;
use serde::Deserialize as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// What another program reads, and has no schema of its own here: kustomize, Prometheus' operator, KEDA.
const OTHERS: [&str; 3] = [
    "kustomize.config.k8s.io/v1beta1/Kustomization",
    "monitoring.coreos.com/v1/ServiceMonitor",
    "keda.sh/v1alpha1/ScaledObject",
];

/// The documents of all YAML files below a folder.
fn documents(folder: &Path) -> Vec<(PathBuf, Value)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("it is a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(documents(&path));
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            let text = fs::read_to_string(&path).expect("it is text");
            let documents = serde_yaml_ng::Deserializer::from_str(&text).map(Value::deserialize);
            found.extend(documents.map(|document| (path.clone(), document.expect("it is YAML"))));
        }
    }
    found
}

/// The reviewed manifests, by `apiVersion/kind`.
fn manifests() -> BTreeMap<String, Vec<(PathBuf, Value)>> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden/deploy");
    let mut manifests: BTreeMap<String, Vec<_>> = BTreeMap::new();
    // What is no manifest is a program's configuration.
    for (path, manifest) in documents(&golden).into_iter().filter(|(_, document)| document.get("kind").is_some()) {
        let kind = ["apiVersion", "kind"].map(|member| manifest[member].as_str().unwrap_or_default());
        manifests.entry(kind.join("/")).or_default().push((path, manifest));
    }
    manifests
}

/// Reads a manifest as its type, which leaves out what that does not have, and writes it again.
fn again<T: DeserializeOwned + Serialize>(manifest: &Value) -> Result<Value, serde_json::Error> {
    serde_json::to_value(serde_json::from_value::<T>(manifest.clone())?)
}

type Again = fn(&Value) -> Result<Value, serde_json::Error>;

/// The kinds that every cluster has.
const TYPED: [(&str, Again); 5] = [
    ("apps/v1/Deployment", again::<apps::v1::Deployment>),
    ("autoscaling/v2/HorizontalPodAutoscaler", again::<autoscaling::v2::HorizontalPodAutoscaler>),
    ("networking.k8s.io/v1/NetworkPolicy", again::<networking::v1::NetworkPolicy>),
    ("policy/v1/PodDisruptionBudget", again::<policy::v1::PodDisruptionBudget>),
    ("v1/Service", again::<core::v1::Service>),
];

#[test]
fn every_field_of_a_manifest_is_one_of_its_type() {
    let mut read = BTreeSet::new();
    let manifests = manifests();
    for (kind, again) in TYPED {
        for (path, manifest) in manifests.get(kind).into_iter().flatten() {
            let written = again(manifest).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert_eq!(&written, manifest, "{}", path.display());
            let mut wrong = manifest.clone();
            wrong["spec"]["unknown"] = json!(1);
            assert_ne!(again(&wrong).ok(), Some(wrong), "{kind} has fields of any name");
            read.insert(kind);
        }
    }
    assert_eq!(read.len(), TYPED.len(), "{read:?}");
}

/// The schemas of a folder's definitions, by `apiVersion/kind`.
fn definitions(folder: &Path) -> BTreeMap<String, Value> {
    let mut schemas = BTreeMap::new();
    for (_, definition) in documents(folder) {
        let spec = &definition["spec"];
        for version in spec["versions"].as_array().into_iter().flatten() {
            let names = [&spec["group"], &version["name"], &spec["names"]["kind"]];
            let kind = names.map(|name| name.as_str().unwrap_or_default()).join("/");
            schemas.insert(kind, version["schema"]["openAPIV3Schema"].clone());
        }
    }
    schemas
}

#[test]
fn manifests_pass_the_rules_of_their_definitions() {
    let Some(folder) = std::env::var_os("BUILDFLOW_CRDS").map(PathBuf::from) else {
        eprintln!("SKIPPED: BUILDFLOW_CRDS is not set to a folder of CustomResourceDefinitions");
        return;
    };
    let definitions = definitions(&folder);
    for (kind, manifests) in manifests() {
        if TYPED.iter().any(|(typed, _)| *typed == kind) || OTHERS.contains(&kind.as_str()) {
            continue;
        }
        let schema = definitions.get(&kind).unwrap_or_else(|| panic!("there is no definition of {kind}"));
        for (path, manifest) in manifests {
            let passed = Validator::new().validate(schema, &manifest, None);
            passed.unwrap_or_else(|errors| panic!("{}: {errors:?}", path.display()));
        }
    }
}

/// What the rules of a definition say of a manifest that breaks one of them.
#[test]
fn rules_are_run() {
    let Some(folder) = std::env::var_os("BUILDFLOW_CRDS").map(PathBuf::from) else { return };
    let kind = "gateway.networking.k8s.io/v1/HTTPRoute";
    let (definitions, manifests) = (definitions(&folder), manifests());
    let (_, route) = &manifests[kind][0];
    let refused = |change: fn(&mut Value)| {
        let mut wrong = route.clone();
        change(&mut wrong["spec"]["rules"][0]);
        let errors = Validator::new().validate(&definitions[kind], &wrong, None).expect_err("it breaks a rule");
        errors.as_slice().iter().map(|error| error.message.clone()).collect::<Vec<_>>()
    };
    let relative = refused(|rule| rule["matches"][0]["path"]["value"] = json!("pets"));
    assert!(relative.iter().any(|message| message.contains("must be an absolute path")), "{relative:?}");
    let portless = refused(|rule| {
        rule["backendRefs"][0].as_object_mut().expect("it is an object").remove("port");
    });
    assert_eq!(portless, ["Must have port for Service reference"]);
}
