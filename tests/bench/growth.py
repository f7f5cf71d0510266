#!/usr/bin/env python3
"""Whether the generator's time grows with the document, and no faster, whatever there is more of.

    tests/bench/growth.py [COUNT]

For each kind of thing, the CPU time for COUNT of them, by default 400, and for 16 times as many; the least of three runs.
Needs cargo and Unix.
"""

import json
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

import generation

OK = {"200": {"description": "It is there."}}


def document(paths, schemas=None):
    return {
        "openapi": "3.1.0",
        "info": {"title": "Growing", "version": "1.0.0"},
        "paths": paths,
        "components": {"schemas": schemas or {}},
    }


def operations(count, **more):
    return document({f"/p{n}": {"get": {"operationId": f"op{n}", "responses": OK, **more}} for n in range(count)})


def body(schema, schemas=None):
    content = {"application/json": {"schema": schema}}
    return document({"/a": {"post": {"requestBody": {"content": content}, "responses": OK}}}, schemas)


def mixed_segments(count):
    def parameters():
        return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in "ab"]

    return document({
        f"/f{n}-{{a}}.{{b}}": {"get": {"operationId": f"op{n}", "parameters": parameters(), "responses": OK}}
        for n in range(count)
    })


def tags(count):
    grown = operations(count)
    for number, item in enumerate(grown["paths"].values()):
        item["get"]["tags"] = [f"t{number}"]
    return grown


def reference(name):
    return {"$ref": f"#/components/schemas/{name}"}


TEXT = {"type": "string"}
THING = {"type": "object", "properties": {"a": TEXT}}

KINDS = {
    "operations": operations,
    "operations with one `operationId`": lambda count: operations(count, operationId="op"),
    "mixed segments": mixed_segments,
    "tags": tags,
    "parameters": lambda count: document({"/a": {"get": {
        "parameters": [{"name": f"q{n}", "in": "query", "schema": TEXT} for n in range(count)], "responses": OK,
    }}}),
    "schemas that refer to each other": lambda count: body(reference("S0"), {
        f"S{n}": {"type": "object", "properties": {"a": TEXT, "next": reference(f"S{(n * 7 + 1) % count}")}}
        for n in range(count)
    }),
    "properties": lambda count: body({"type": "object", "properties": {f"p{n}": TEXT for n in range(count)}}),
    "references": lambda count: body(
        {"type": "object", "properties": {f"p{n}": reference("T") for n in range(count)}}, {"T": THING}
    ),
    "enum values": lambda count: body({"type": "string", "enum": [f"v{n}" for n in range(count)]}),
    "enum values whose names collide": lambda count: body(
        {"type": "string", "enum": ["a" + "-" * (n % 50 + 1) + str(n // 50) for n in range(count)]}
    ),
    "choices of references": lambda count: body({"oneOf": [reference(f"B{n}") for n in range(count)]}, {
        f"B{n}": {"type": "object", "required": ["k"], "properties": {"k": {"const": f"k{n}"}}} for n in range(count)
    }),
    "inline choices": lambda count: body({"oneOf": [
        {"type": "object", "required": [f"k{n}"], "properties": {f"k{n}": TEXT}} for n in range(count)
    ]}),
    "parts of an `allOf`": lambda count: body({"allOf": [
        {"type": "object", "properties": {f"k{n}": TEXT}} for n in range(count)
    ]}),
    "mistakes": lambda count: operations(count, parameters=[{"name": "q", "in": "qery", "schema": {"type": "strng"}}]),
}


def cpu_seconds(program, grown, folder):
    """CPU time of one run; a document with mistakes is refused, which takes time as well."""
    path = folder / "growing.json"
    path.write_text(json.dumps(grown))
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    before = used()
    run = subprocess.run([program, "generate", path, "--out", out], capture_output=True)
    if run.returncode not in (0, 1):
        sys.exit(run.stderr.decode())
    return used() - before


def used():
    """The CPU time of all programs so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    program = generation.build()
    print(f"| {count} and {16 * count} | CPU ms | CPU ms | times |\n| --- | --: | --: | --: |")
    with tempfile.TemporaryDirectory() as folder:
        for kind, grow in KINDS.items():
            few, many = (
                min(cpu_seconds(program, grow(size), pathlib.Path(folder)) for _ in range(3)) for size in (count, 16 * count)
            )
            print(f"| {kind} | {1000 * few:.0f} | {1000 * many:.0f} | {many / few:.1f} |", flush=True)


if __name__ == "__main__":
    main()
