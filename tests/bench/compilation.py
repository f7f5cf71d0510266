#!/usr/bin/env python3
"""What it costs to compile a generated crate, alone, once its dependencies are there.

    tests/bench/compilation.py [DOCUMENT]...

CPU seconds and the most memory of `cargo check`, of a debug and of a release build, without incremental compilation.
Without documents, GitHub's of BUILDFLOW_CORPUS. Needs cargo and Unix.
"""

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
    print("| document | what | CPU s | MB |\n| --- | --- | --: | --: |")
    for document in documents:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            generate(document, folder)
            for name, command in COMMANDS.items():
                cargo(command, folder)
                (folder / "src" / "lib.rs").touch()
                seconds, memory = cargo(command, folder)
                print(f"| {document.name} | {name} | {seconds:.1f} | {memory:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
