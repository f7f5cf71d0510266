//! Manifests by the official definitions of their kinds, in a folder that `BUILDFLOW_CRDS` names, and by the schemas that
//! `kubernetes-validate` has (PyPI), which `BUILDFLOW_KUBERNETES_VALIDATE` names.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use buildflow_gen::read::{self, Sources};
use buildflow_tests::{crds, workspace};
use serde_json::{Value, json};

use crate::files;

/// The documents of a YAML file.
pub fn documents(text: &str) -> Vec<Value> {
    let parse = |text: &str| {
        let mut diagnostics = Default::default();
        let node = Sources::default().parse("a.yaml", text.to_owned(), &mut diagnostics);
        assert!(diagnostics.is_empty(), "{diagnostics:?}\n{text}");
        serde_json::from_str(&read::to_json(&node.expect("it is YAML"))).expect("it is JSON")
    };
    text.split("\n---\n").map(parse).collect()
}

/// The schemas of a folder's definitions, by `apiVersion` and `kind`; closed: a name that is unknown is a mistake.
fn definitions(folder: &Path) -> BTreeMap<String, Value> {
    let mut definitions = BTreeMap::new();
    for (name, text) in files(folder) {
        for definition in documents(text.trim_start_matches("---\n")) {
            assert_eq!(definition["kind"], "CustomResourceDefinition", "{name}");
            let (group, kind) = (&definition["spec"]["group"], &definition["spec"]["names"]["kind"]);
            for version in definition["spec"]["versions"].as_array().expect("it has versions") {
                let mut schema = version["schema"]["openAPIV3Schema"].clone();
                schema["properties"]["metadata"] = json!({
                    "type": "object",
                    "properties": { "name": { "type": "string" }, "namespace": { "type": "string" } },
                });
                close(&mut schema);
                let names = [group, &version["name"], kind].map(|name| name.as_str().expect("a name"));
                definitions.insert(names.join("/"), schema);
            }
        }
    }
    definitions
}

/// Allows what the schema names, and nothing else.
fn close(schema: &mut Value) {
    if let Some(map) = schema.as_object_mut() {
        if map.get("x-kubernetes-int-or-string") == Some(&json!(true)) {
            map.insert("type".to_owned(), json!(["integer", "string"]));
        }
        let is_open =
            map.contains_key("x-kubernetes-preserve-unknown-fields") || map.contains_key("additionalProperties");
        if map.get("properties").is_some_and(Value::is_object) && !is_open {
            map.insert("additionalProperties".to_owned(), json!(false));
        }
    }
    match schema {
        Value::Object(map) => map.values_mut().for_each(close),
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

#[test]
fn manifests_are_what_the_definitions_of_their_kinds_say() {
    let Some(folder) = crds() else { return };
    let validators: BTreeMap<String, jsonschema::Validator> = definitions(&folder)
        .into_iter()
        .map(|(kind, schema)| (kind, jsonschema::draft202012::new(&schema).expect("it is a schema")))
        .collect();
    let mut checked: BTreeMap<&str, usize> = BTreeMap::new();
    for (path, text) in
        files(&workspace().join("tests/golden/deploy")).iter().filter(|(path, _)| path.ends_with(".yaml"))
    {
        for manifest in documents(text) {
            let kind = format!(
                "{}/{}",
                manifest["apiVersion"].as_str().unwrap_or_default(),
                manifest["kind"].as_str().unwrap_or_default()
            );
            let Some((kind, validator)) = validators.get_key_value(&kind) else { continue };
            let faults: Vec<String> =
                validator.iter_errors(&manifest).map(|error| format!("{error} at {}", error.instance_path())).collect();
            assert!(faults.is_empty(), "{path}, {kind}: {faults:#?}");
            *checked.entry(kind).or_default() += 1;
            // A name that the definition does not have is found.
            let mut wrong = manifest.clone();
            wrong["spec"]["unknown"] = json!(1);
            assert!(!validator.is_valid(&wrong), "{kind} is open");
        }
    }
    let kinds = [
        "gateway.networking.k8s.io/v1/HTTPRoute",
        "gateway.networking.k8s.io/v1/ReferenceGrant",
        "http.keda.sh/v1beta1/InterceptorRoute",
        "serving.knative.dev/v1/Service",
    ];
    assert_eq!(checked.into_keys().collect::<Vec<_>>(), kinds);
}

#[test]
fn manifests_of_kubernetes_itself_pass_its_strict_schemas() {
    let Some(program) = std::env::var_os("BUILDFLOW_KUBERNETES_VALIDATE") else {
        eprintln!("SKIPPED: BUILDFLOW_KUBERNETES_VALIDATE does not name the program `kubernetes-validate`");
        return;
    };
    let folder = workspace().join("tests/golden/deploy");
    let manifests = files(&folder).into_iter().filter(|(path, _)| path.contains("/base/services/"));
    let manifests: Vec<_> = manifests.map(|(path, _)| folder.join(path)).collect();
    let output = Command::new(program).arg("--strict").args(&manifests).output().expect("it can be run");
    let report = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{report}");
    for kind in ["deployment", "service", "horizontalpodautoscaler", "poddisruptionbudget", "networkpolicy"] {
        assert!(report.contains(&format!("passed for resource {kind}/orders ")), "{kind}: {report}");
    }
}
