#!/usr/bin/env python3
"""How long the generator takes, how much memory it needs, and whether both grow with the document and no faster.

    tests/bench/generation.py [RUNS]

Each figure is the least of the runs: user and system time of the process, the time on the clock, and its most memory.
`again` is a second run into the same folder, which writes nothing. Documents of BUILDFLOW_CORPUS are measured where that
is set. Needs cargo and Unix.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent


def build():
    subprocess.run(["cargo", "build", "--quiet", "--release", "-p", "buildflow-gen"], cwd=HERE.parents[1], check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE.parents[1] / "target"))
    return target / "release" / "buildflow-gen"


def document(operations):
    """A document of so many operations, and half as many schemas."""
    paths, schemas = {}, {}
    for number in range(operations // 2):
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/Thing{number}"}}}
        answer = {"200": {"description": "The thing.", "content": content}}
        limit = {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "default": 20}}
        paths[f"/things{number}/{{id}}"] = {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "get": {"operationId": f"get_{number}", "parameters": [limit], "responses": answer},
            "put": {"operationId": f"put_{number}", "requestBody": {"content": content}, "responses": answer},
        }
        properties = {f"field{field}": {"type": "string", "minLength": field + 1} for field in range(12)}
        schemas[f"Thing{number}"] = {"type": "object", "required": ["field0"], "properties": properties}
    info = {"title": "Things", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


def run(command):
    """CPU seconds, seconds on the clock, and MB."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} has failed")
    return used.ru_utime + used.ru_stime, time.monotonic() - started, used.ru_maxrss / 1024


def least(program, path, folder, runs, is_again):
    command = [program, "generate", path, "--out", folder, "--skip-unsupported"]
    figures = []
    for _ in range(runs):
        if not is_again:
            shutil.rmtree(folder, ignore_errors=True)
        figures.append(run(command))
    return [min(column) for column in zip(*figures)]


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    program = build()
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        documents = []
        for operations in [100, 400, 1600]:
            path = work / f"things{operations}.json"
            path.write_text(json.dumps(document(operations), indent=1))
            documents.append((f"{operations} operations", path))
        for name in ["train-travel.yaml", "github.json"]:
            path = pathlib.Path(os.environ.get("BUILDFLOW_CORPUS", "/nowhere")) / "big" / name
            if path.is_file():
                documents.append((name, path))
            else:
                print(f"SKIPPED: {name}, since BUILDFLOW_CORPUS does not have it")
        print("| document | CPU ms | clock ms | MB | again: CPU ms | clock ms |\n| --- | --: | --: | --: | --: | --: |")
        for name, path in documents:
            (cpu, clock, memory), (cpu_again, clock_again, _) = (
                least(program, path, work / "out", runs, is_again) for is_again in [False, True]
            )
            figures = [cpu * 1e3, clock * 1e3, memory, cpu_again * 1e3, clock_again * 1e3]
            print(f"| {name} | {' | '.join(f'{figure:,.0f}' for figure in figures)} |", flush=True)


if __name__ == "__main__":
    main()
