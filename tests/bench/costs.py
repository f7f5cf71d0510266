#!/usr/bin/env python3
"""Tells what the instructions of a request to generated code are for, by callgrind's own costs of functions.

    tests/bench/costs.py

A function counts for the first row whose pattern its file or name has; what making the requests costs is taken off.
Needs cargo and valgrind.
"""

import collections
import os
import re
import subprocess
import tempfile

from instructions import build

TIMES = 2000
ROWS = {
    "allocation": r"malloc|_int_free|__rdl_|rust_alloc|rust_dealloc|realloc",
    "copies": r"memcpy|memmove|memset",
    "maps of headers": r"header/map|header/name|header/value|HeaderMap",
    "JSON, read and written": r"serde_json|ser\.rs|itoa|Serialize|zmij|json",
    "the request's id": r"uuid|request_id",
    "routing": r"routing",
    "parameters and media types": r"decode|texts|from_text|FromText|media\.rs",
    "spans, the deadline and panics": r"tracing|course|deadline|catch",
}


def costs(program, server, request):
    """The instructions of each function."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        run = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", program, server, request, str(TIMES)]
        subprocess.run(run, capture_output=True, check=True)
        annotate = ["callgrind_annotate", "--auto=no", "--threshold=100", out]
        text = subprocess.run(annotate, capture_output=True, text=True, check=True).stdout
    found = collections.Counter()
    for line in text.splitlines():
        row = re.match(r"\s*([\d,]+) \(\s*[\d.]+%\)\s+(.*?)( \[.*)?$", line)
        if row and "PROGRAM TOTALS" not in row[2]:
            found[row[2]] += int(row[1].replace(",", ""))
    return found


def main():
    program = build()
    tables = {}
    for request in ["post", "get"]:
        spent, nobody = (costs(program, server, request) for server in ["buildflow", "nobody"])
        rows = collections.Counter()
        for function in spent.keys() | nobody.keys():
            row = next((row for row, pattern in ROWS.items() if re.search(pattern, function)), "all else")
            rows[row] += (spent[function] - nobody[function]) / TIMES
        tables[request] = rows
    print("| | post | get |\n| --- | --: | --: |")
    for row in [*ROWS, "all else"]:
        print(f"| {row} | {tables['post'][row]:,.0f} | {tables['get'][row]:,.0f} |")


if __name__ == "__main__":
    main()
