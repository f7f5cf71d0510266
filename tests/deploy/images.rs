//! The image that manifests name: its program, as cargo knows it, its tag or digest, and how it is built and pushed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use buildflow_tests::{program, scratch};

const DOCUMENT: &str = "openapi: 3.1.0
info: { title: shop, version: '1' }
x-buildflow-service: { service_id: shop }
paths: {}
";

/// A package apart from this workspace, whose manifest ends in these lines; its document is in a folder of its own.
fn package(name: &str, manifest: &str, programs: &[&str]) -> PathBuf {
    let folder = scratch(name);
    fs::create_dir_all(folder.join("src/bin")).expect("the folder can be made");
    fs::create_dir_all(folder.join("specs")).expect("the folder can be made");
    let package = "[package]\nname = \"shop-app\"\nedition = \"2024\"\n";
    fs::write(folder.join("Cargo.toml"), format!("[workspace]\n{package}{manifest}")).expect("it can be written");
    for program in programs {
        fs::write(folder.join(format!("src/bin/{program}.rs")), "fn main() {}\n").expect("it can be written");
    }
    fs::write(folder.join("specs/shop.yaml"), DOCUMENT).expect("it can be written");
    folder
}

/// Runs `deploy` for a package, with a `docker` of its own first in `PATH`.
fn deploy(folder: &Path, arguments: &[&str]) -> (Output, String) {
    let mut command = Command::new(program());
    command.arg("deploy").arg(folder.join("specs/shop.yaml")).args(["--target", "kubernetes"]);
    command.arg("--out").arg(folder.join("deploy")).args(arguments);
    let path = std::env::var("PATH").expect("there is one");
    command.env("PATH", format!("{}:{path}", folder.join("programs").display()));
    let output = command.output().expect("it can be run");
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, report)
}

fn written(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join("deploy/kubernetes").join(path)).unwrap_or_default()
}

const TAG: [&str; 2] = ["--image", "registry.example/shop:1.0"];

#[test]
fn the_program_is_that_of_the_package_around_the_document() {
    let folder = package("image-program", "", &["server"]);
    let (output, report) = deploy(&folder, &TAG);
    assert!(output.status.success(), "{report}");
    let dockerfile = written(&folder, "Dockerfile");
    assert!(dockerfile.contains("--locked --package shop-app --bin server &&"), "{dockerfile}");
    assert!(dockerfile.contains("cp target/release/server /server"), "{dockerfile}");
    assert!(written(&folder, "Dockerfile.dockerignore").contains("**/target\n"));
}

#[test]
fn of_several_programs_it_is_the_default_the_documents_or_the_one_that_is_named() {
    let of = |name: &str, manifest: &str, programs: &[&str], arguments: &[&str]| {
        let folder = package(name, manifest, programs);
        let (_, report) = deploy(&folder, &[&TAG[..], arguments].concat());
        let dockerfile = written(&folder, "Dockerfile");
        let built = dockerfile.lines().find_map(|line| line.split_once("--bin "));
        (built.map(|(_, rest)| rest.split(' ').next().unwrap_or_default().to_owned()), report)
    };
    let both = ["server", "migrate"];
    assert_eq!(of("image-default", "default-run = \"server\"\n", &both, &[]).0.as_deref(), Some("server"));
    assert_eq!(of("image-document", "", &["shop", "migrate"], &[]).0.as_deref(), Some("shop"));
    assert_eq!(of("image-named", "", &both, &["--binary", "server"]).0.as_deref(), Some("server"));
    let (built, report) = of("image-unclear", "", &both, &[]);
    assert_eq!(built, None);
    assert!(report.contains("say with `--binary` which program serves `shop`: migrate, server"), "{report}");
}

#[test]
fn a_tag_is_told_and_can_be_refused() {
    let folder = package("image-tag", "", &["server"]);
    let (output, report) = deploy(&folder, &[&TAG[..], &["--require-digest"]].concat());
    assert_eq!(output.status.code(), Some(1), "{report}");
    assert!(report.contains("error: `registry.example/shop:1.0` has no digest"), "{report}");
    assert!(!folder.join("deploy").exists(), "nothing is written");
    let (output, report) = deploy(&folder, &TAG);
    assert!(output.status.success() && report.contains("warning: `registry.example/shop:1.0` has no digest"));
    let build = format!("--tag registry.example/shop:1.0 {}", folder.canonicalize().expect("it is there").display());
    assert!(report.contains(&build), "{report}");
    assert!(written(&folder, "base/services/shop.yaml").contains("image: \"registry.example/shop:1.0\""));
    assert!(written(&folder, "overlays/release/kustomization.yaml").contains("newTag: \"1.0\""));
}

/// A `docker` that writes down what it is called with, and says this of an image.
#[cfg(unix)]
fn docker(folder: &Path, said: &str) {
    use std::os::unix::fs::PermissionsExt as _;

    let programs = folder.join("programs");
    fs::create_dir_all(&programs).expect("the folder can be made");
    let script = format!(
        "#!/bin/sh\necho \"$@\" >> '{}'\ncase \"$1\" in image) echo '{said}';; esac\n",
        folder.join("calls").display()
    );
    fs::write(programs.join("docker"), script).expect("it can be written");
    fs::set_permissions(programs.join("docker"), fs::Permissions::from_mode(0o755)).expect("it can be run");
}

#[cfg(unix)]
#[test]
fn push_builds_and_pushes_the_image_and_writes_its_digest() {
    let folder = package("image-push", "", &["server"]);
    let digest = format!("sha256:{}", "ab".repeat(32));
    docker(&folder, &format!("registry.example/shop@{digest}"));
    let (output, report) = deploy(&folder, &[&TAG[..], &["--push", "--require-digest", "--helm"]].concat());
    assert!(output.status.success() && !report.contains("warning"), "{report}");
    let calls = fs::read_to_string(folder.join("calls")).expect("it was called");
    let calls: Vec<&str> = calls.lines().filter(|call| *call != "--version").collect();
    let dockerfile = folder.join("deploy/kubernetes/Dockerfile");
    let root = folder.canonicalize().expect("it is there");
    let build = format!("build --file {} --tag {} {}", dockerfile.display(), TAG[1], root.display());
    assert_eq!(calls[..2], [build, format!("push {}", TAG[1])]);
    let manifest = written(&folder, "base/services/shop.yaml");
    assert!(manifest.contains(&format!("image: \"registry.example/shop:1.0@{digest}\"")), "{manifest}");
    assert!(written(&folder, "overlays/release/kustomization.yaml").contains(&format!("digest: \"{digest}\"")));
    assert!(written(&folder, "chart/values.yaml").contains(&format!("digest: \"{digest}\"")));
}

#[cfg(unix)]
#[test]
fn a_digest_of_another_image_is_not_taken() {
    let folder = package("image-other", "", &["server"]);
    docker(&folder, &format!("registry.example/other@sha256:{}", "ab".repeat(32)));
    let pinned = format!("registry.example/shop@sha256:{}", "cd".repeat(32));
    assert!(deploy(&folder, &["--image", &pinned]).0.status.success());
    let (output, report) = deploy(&folder, &[&TAG[..], &["--push"]].concat());
    assert!(!output.status.success() && report.contains("does not say its digest"), "{report}");
    let manifest = written(&folder, "base/services/shop.yaml");
    assert!(manifest.contains(&pinned), "the manifests stay as they are: {manifest}");
    let (output, report) = deploy(&folder, &["--image", &pinned, "--push"]);
    assert!(!output.status.success() && report.contains("pass `registry.example/shop` by a tag"), "{report}");
}

#[test]
fn an_image_that_would_lack_a_dependency_is_not_built() {
    let dependency = package("image-dependency", "", &[]);
    fs::write(dependency.join("src/lib.rs"), "").expect("it can be written");
    let manifest = "[dependencies]\nshop-app = { path = \"../image-dependency\", package = \"shop-app\" }\n";
    let folder = package("image-outside", &manifest.replace("shop-app =", "inner ="), &["server"]);
    let (output, report) = deploy(&folder, &[&TAG[..], &["--build"]].concat());
    assert!(
        !output.status.success() && report.contains("image-dependency, which an image that is built of"),
        "{report}"
    );
    let (output, report) = deploy(&folder, &TAG);
    assert!(output.status.success() && report.contains("image-dependency, which an image"), "{report}");
    let ray = ["--target", "ray", "--out", "deploy", "--image", TAG[1], "--push"];
    let output = Command::new(program()).arg("deploy").arg(folder.join("specs/shop.yaml")).args(ray).output();
    let report = String::from_utf8_lossy(&output.expect("it can be run").stderr).into_owned();
    assert!(report.contains("an image for Ray has Ray as well"), "{report}");
}
