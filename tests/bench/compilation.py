#!/usr/bin/env python3
"""What it costs to compile a generated crate, alone, once its dependencies are there.

    tests/bench/compilation.py [DOCUMENT]...

CPU seconds and the most memory of `cargo check`, of a debug and of a release build, without incremental compilation: the
least of RUNS runs (1). Without documents, GitHub's of BUILDFLOW_CORPUS. Where OPENAPI_TO_RUST names the program of that
crate, the server that it generates for all operations is compiled in turns with ours. Needs cargo and Unix.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
COMMANDS = {"check": ["check"], "debug": ["build"], "release": ["build", "--release"]}


def generate(document, folder):
    """The generated crate, as a workspace of its own."""
    generator = ["cargo", "run", "--quiet", "--release", "-p", "buildflow-gen", "--", "generate"]
    runtime = os.path.relpath(ROOT / "runtime", folder)
    options = ["--skip-unsupported", "--out", folder, "--runtime-path", runtime]
    subprocess.run([*generator, document, *options], cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(folder / "Cargo.toml", "a") as manifest:
        manifest.write("\n[workspace]\n")


METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]


def generate_by_peer(document, folder):
    """The server that openapi-to-rust makes of all operations, as a crate."""
    paths = json.loads(document.read_text())["paths"]
    operations = [f"{method.upper()} {path}" for path, item in paths.items() for method in METHODS if method in item]
    (folder / "generator.toml").write_text(f"""
[generator]
spec_path = {json.dumps(str(document))}
output_dir = "src/api"
module_name = "api"

[features]
enable_async_client = false

[server]
framework = "axum"
operations = {json.dumps(operations)}
prune_models = true
""")
    command = [os.environ["OPENAPI_TO_RUST"], "generate", "--config", "generator.toml"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    dependencies = (folder / "src/api/REQUIRED_DEPS.toml").read_text()
    package = '[package]\nname = "peer"\nversion = "0.1.0"\nedition = "2024"\n[workspace]\n'
    (folder / "Cargo.toml").write_text(package + dependencies)
    (folder / "src" / "lib.rs").write_text("pub mod api;\n")


GENERATORS = {"buildflow-gen": generate}
if os.environ.get("OPENAPI_TO_RUST"):
    GENERATORS["openapi-to-rust"] = generate_by_peer


def cargo(command, folder):
    """CPU seconds and MB."""
    environment = {**os.environ, "CARGO_INCREMENTAL": "0", "CARGO_TARGET_DIR": str(TARGET / "compilation")}
    process = subprocess.Popen(["cargo", *command, "--quiet"], cwd=folder, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"cargo {' '.join(command)} has failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main():
    documents = [pathlib.Path(path).resolve() for path in sys.argv[1:]]
    corpus = os.environ.get("BUILDFLOW_CORPUS")
    if not documents and not corpus:
        print("SKIPPED: BUILDFLOW_CORPUS is not set, and no document is named")
        return
    documents = documents or [pathlib.Path(corpus) / "big" / "github.json"]
    print("| document | generator | what | CPU s | MB |\n| --- | --- | --- | --: | --: |")
    for document in documents:
        with tempfile.TemporaryDirectory() as folder:
            folders = {name: pathlib.Path(folder) / name for name in GENERATORS}
            for name, make in GENERATORS.items():
                folders[name].mkdir()
                make(document, folders[name])
            for what, command in COMMANDS.items():
                for name, (seconds, memory) in least(command, folders).items():
                    print(f"| {document.name} | {name} | {what} | {seconds:.1f} | {memory:,.0f} |", flush=True)


def least(command, folders):
    """The least CPU seconds and MB of several runs, in turns."""
    for folder in folders.values():
        cargo(command, folder)
    taken = {name: [] for name in folders}
    for _ in range(int(os.environ.get("RUNS", "1"))):
        for name, folder in folders.items():
            (folder / "src" / "lib.rs").touch()
            taken[name].append(cargo(command, folder))
    return {name: (min(run[0] for run in runs), min(run[1] for run in runs)) for name, runs in taken.items()}


if __name__ == "__main__":
    main()
