#!/usr/bin/env python3
"""Counts the instructions of a request, without a socket, with callgrind: generated code, axum, axum with layers, and hyper.

    tests/bench/instructions.py

The counts are those of two runs of different lengths, one less the other, and less what making the requests costs: so
neither start nor end is in them, and they are the same on a machine that is busy. Needs cargo and valgrind.
Routing is measured where BUILDFLOW_CORPUS is set to a folder with big/github.json, GitHub's description of its API.
"""

import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def build():
    """Builds the program that answers, as users build theirs: a plain release build."""
    features = ["--features", "github"] if has_github() else []
    build = ["cargo", "build", "--quiet", "--release", "--bin", "answers", *features]
    subprocess.run(build, cwd=HERE, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target"))
    return target / "release" / "answers"


def has_github():
    return (pathlib.Path(os.environ.get("BUILDFLOW_CORPUS", "/nowhere")) / "big" / "github.json").is_file()


def total(program, server, request, times):
    """The instructions of a whole run."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, server, request, str(times)]
    run = subprocess.run(command, capture_output=True, text=True)
    collected = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not collected:
        sys.exit(f"{' '.join(map(str, command))}\n{run.stderr}")
    return int(collected[1])


def instructions(program, server, request, times):
    """The instructions of one request."""
    def several(server):
        return total(program, server, request, 2 * times) - total(program, server, request, times)

    return (several(server) - several("nobody")) / times


def main():
    program = build()

    def counted(server, request, times=1000):
        return instructions(program, server, request, times)

    print("| request | generated | axum | axum with layers | hyper | to axum | to axum with layers | to hyper |")
    print("| --- | --: | --: | --: | --: | --: | --: | --: |")
    for request in ["post", "get"]:
        ours, *others = (counted(server, request) for server in ["buildflow", "axum", "layers", "hyper"])
        counts = " | ".join(f"{count:,.0f}" for count in [ours, *others])
        ratios = " | ".join(f"{ours / count:.2f}" for count in others)
        print(f"| {request} | {counts} | {ratios} |")

    libraries = ["generated", "serde_json", "sonic-rs"]
    print(f"\n| JSON | {' | '.join(libraries)} |\n| --- | --: | --: | --: |")
    for size, times in [("small", 1000), ("large", 5)]:
        for task in ["read", "write"]:
            def of(library):
                several = [total(program, f"json {library}", f"{size} {task}", n * times) for n in [1, 2]]
                return (several[1] - several[0]) / times
            print(f"| {size}, {task} | {' | '.join(f'{of(library):,.0f}' for library in libraries)} |")

    if has_github():
        seven, all_ = (counted(server, "github", 700) for server in ["github-seven", "github"])
        print(f"\nrouting among 7 operations {seven:,.0f}, among 767 {all_:,.0f}: {all_ / seven:.3f}")
    else:
        print("\nSKIPPED: routing, since BUILDFLOW_CORPUS has no big/github.json")

    print("\n| members | in order | a member | reversed | a member |\n| --- | --: | --: | --: | --: |")
    for width in [25, 50, 100]:
        forward, backward = (counted("wide", f"wide {width}{order}", 200) for order in ["", " reversed"])
        print(f"| {width} | {forward:,.0f} | {forward / width:,.0f} | {backward:,.0f} | {backward / width:,.0f} |")

    valid = counted("buildflow", "large", 1)
    print(f"\n| 1 MB | instructions | to a valid one |\n| --- | --: | --: |\n| valid orders | {valid:,.0f} | 1.00 |")
    hostile = subprocess.run([program], capture_output=True, text=True, check=True)
    for name in hostile.stdout.splitlines():
        count = counted("buildflow", name, 1)
        print(f"| {name} | {count:,.0f} | {count / valid:.2f} |")


if __name__ == "__main__":
    main()
