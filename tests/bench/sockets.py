#!/usr/bin/env python3
"""CPU time of a request over sockets: generated code, axum and hyper, in turns, each as often.

    tests/bench/sockets.py [ROUNDS] [SECONDS]

Each server has a core, and wrk (Debian's package of that name), with 64 connections, the others. What the servers
cost is their own CPU time, in user space and in the kernel, by what wrk has had answered. Needs cargo, wrk and Linux.
"""

import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SERVERS = ["buildflow", "hyper", "axum"]
ORDER = '{"item":"Espresso machine","quantity":2,"price":349.5,"express":true,"note":"Leave it with the neighbour, please."}'
REQUESTS = {
    "post": ("/orders", f"""wrk.method = "POST"
wrk.body = '{ORDER}'
wrk.headers["Content-Type"] = "application/json"
"""),
    "get": ("/orders/4711/events?limit=50&kind=delivery", ""),
}


def build():
    """The programs that serve, by server."""
    programs = [f"--bin=serve_{server}" for server in SERVERS]
    subprocess.run(["cargo", "build", "--quiet", "--release", *programs], cwd=HERE, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target"))
    return {server: target / "release" / f"serve_{server}" for server in SERVERS}


def cpu_seconds(pid):
    """What a process has used."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def microseconds(program, path, script, seconds):
    """CPU microseconds of a request."""
    cores = sorted(os.sched_getaffinity(0))
    pinned = ["taskset", "--cpu-list", str(cores[0])]
    others = ["taskset", "--cpu-list", ",".join(map(str, cores[1:] or cores))]
    quiet = {**os.environ, "RUST_LOG": "off"}
    process = subprocess.Popen([*pinned, program], stdout=subprocess.PIPE, text=True, env=quiet)
    try:
        url = process.stdout.readline().strip() + path

        def load(time):
            wrk = [*others, "wrk", "-t1", "-c64", f"-d{time}s", "-s", script, url]
            answered = subprocess.run(wrk, capture_output=True, text=True, check=True).stdout
            if "Non-2xx" in answered or "Socket errors" in answered:
                sys.exit(answered)
            return int(re.search(r"(\d+) requests in", answered)[1])

        load(1)
        before = cpu_seconds(process.pid)
        count = load(seconds)
        return (cpu_seconds(process.pid) - before) / count * 1e6
    finally:
        process.kill()
        process.wait()


def main():
    rounds, seconds = (int(value) for value in (sys.argv[1:] + ["5", "5"][len(sys.argv) - 1:])[:2])
    programs = build()
    print("| request | server | CPU µs a request, by rounds | median | to hyper |\n| --- | --- | --- | --: | --: |")
    for request, (path, lua) in REQUESTS.items():
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(lua)
            script.flush()
            taken = {server: [] for server in SERVERS}
            for _ in range(rounds):
                for server in SERVERS:
                    taken[server].append(microseconds(programs[server], path, script.name, seconds))
        for server, times in taken.items():
            # Each round has its own hyper beside it, so that what else the machine does is in both.
            ratio = statistics.median(ours / hyper for ours, hyper in zip(times, taken["hyper"]))
            listed = " ".join(f"{time:.1f}" for time in times)
            print(f"| {request} | {server} | {listed} | {statistics.median(times):.1f} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()
