#!/usr/bin/env python3
"""How large the programs are that serve the shop: by generated code, by axum and by hyper.

    tests/bench/sizes.py

A debug and a release build with cargo's own profiles, and the release build without symbols. Needs cargo and strip.
"""

import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target")) / "sizes"
SERVERS = ["buildflow", "axum", "hyper"]
PROFILES = {"debug": [], "release": ["--release"]}


def build(server, profile):
    """The program, alone, so that no other asks for features of its dependencies."""
    command = ["cargo", "build", "--quiet", "--bin", f"serve_{server}", *PROFILES[profile]]
    environment = {**os.environ, "CARGO_TARGET_DIR": str(TARGET), "CARGO_PROFILE_RELEASE_DEBUG": "false"}
    subprocess.run(command, cwd=HERE, env=environment, check=True)
    return TARGET / profile / f"serve_{server}"


def megabytes(program):
    return program.stat().st_size / 1e6


def main():
    print("| server | debug, MB | release, MB | release, stripped, MB |\n| --- | --: | --: | --: |")
    for server in SERVERS:
        debug, release = (build(server, profile) for profile in PROFILES)
        stripped = release.with_suffix(".stripped")
        subprocess.run(["strip", "-o", stripped, release], check=True)
        print(f"| {server} | {' | '.join(f'{megabytes(program):.1f}' for program in [debug, release, stripped])} |", flush=True)


if __name__ == "__main__":
    main()
