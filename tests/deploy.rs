//! `deploy`: manifests as reviewed, as clusters' own schemas have them, and what is refused at its place.
//!
//! `BLESS=1 cargo test -p buildflow-tests --test deploy` writes what is generated now; review the difference.

#[path = "deploy/chart.rs"]
mod chart;
#[path = "deploy/images.rs"]
mod images;
#[path = "deploy/manifests.rs"]
mod manifests;
#[path = "deploy/process.rs"]
mod process;
#[path = "deploy/refusals.rs"]
mod refusals;
#[path = "deploy/schemas.rs"]
mod schemas;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use buildflow_tests::program;

/// Runs `deploy` for a document, with these arguments.
fn deploy(document: &Path, out: &Path, arguments: &[&str]) -> Output {
    let image = format!("registry.example/shop@sha256:{}", "0123456789abcdef".repeat(4));
    let mut command = Command::new(program());
    command.arg("deploy").arg(document).arg("--out").arg(out).args(["--image", &image]).args(arguments);
    command.output().expect("the program can be run")
}

/// What a flow is deployed with, and the folder of the reviewed files.
struct Case {
    name: &'static str,
    document: &'static str,
    arguments: &'static [&'static str],
}

/// Three flows, and among them every engine and flag.
const CASES: [Case; 7] = [
    Case { name: "shop-ray", document: "specs/shop.yaml", arguments: &["--target", "ray"] },
    Case {
        name: "deployed-ray",
        document: "tests/deploy/deployed.yaml",
        arguments: &["--target", "ray", "--program", "/opt/pets/server"],
    },
    Case { name: "shop-knative", document: "specs/shop.yaml", arguments: &["--target", "knative"] },
    Case {
        name: "shop-kubernetes",
        document: "specs/shop.yaml",
        arguments: &["--target", "kubernetes", "--service-monitor"],
    },
    Case {
        name: "todo-kubernetes",
        document: "specs/todo.yaml",
        arguments: &["--target", "kubernetes", "--http2", "--gateway", "edge/public", "--namespace", "tasks"],
    },
    Case {
        name: "deployed-knative",
        document: "tests/deploy/deployed.yaml",
        arguments: &[
            "--binary",
            "deployed",
            "--target",
            "knative",
            "--http2",
            "--knative-ingress",
            "istio-system/knative-local-gateway",
        ],
    },
    Case {
        name: "deployed-kubernetes",
        document: "tests/deploy/deployed.yaml",
        arguments: &["--binary", "deployed", "--target", "kubernetes", "--keda", "--helm"],
    },
];

/// All files below a folder, by their paths in it, in order.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("it is below").display().to_string();
                found.push((name, std::fs::read_to_string(path).expect("it is text")));
            }
        }
    }
    found.sort();
    found
}
