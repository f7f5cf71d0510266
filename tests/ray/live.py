"""Load on a deployed service: its replicas go from the fewest to the most and back, and no request fails."""

import http.client
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

import ray
import yaml
from ray import serve
from ray.cluster_utils import Cluster

ORDER = {"sku": "TEA-001", "count": 2}
PORT = 18000
# How long Ray may take to do what it should, in seconds.
PATIENCE = 180


class Load:
    """Clients that send one request after the other, and what came of these."""

    def __init__(self, clients, pause=0.0):
        self.pause, self.stopped = pause, threading.Event()
        self.answered, self.failures = [0] * clients, []
        self.threads = [threading.Thread(target=self.run, args=[client]) for client in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def run(self, client):
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        while not self.stopped.is_set():
            try:
                order(connection, json.dumps(ORDER))
                self.answered[client] += 1
            except (OSError, http.client.HTTPException, AssertionError) as failure:
                self.failures.append(repr(failure))
                connection.close()
            time.sleep(self.pause)


def order(connection, body):
    """Orders something, which the service sends back."""
    connection.request("POST", "/orders", body, {"content-type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    assert (answer.status, json.loads(text)) == (201, ORDER), (answer.status, text)


def replicas():
    """How many replicas run, by Ray's own status."""
    application = serve.status().applications.get("orders")
    deployment = application and application.deployments.get("Server")
    return deployment.replica_states.get("RUNNING", 0) if deployment else 0


def wait_for(count):
    began, seen = time.monotonic(), None
    while (now := replicas()) != count:
        if now != seen:
            print(f"  {time.monotonic() - began:5.1f} s: {now} replicas", flush=True)
        seen = now
        assert time.monotonic() - began < PATIENCE, f"{now} replicas, and not {count}"
        time.sleep(0.2)
    print(f"  {time.monotonic() - began:5.1f} s: {now} replicas", flush=True)


def check_options():
    """What the flow file says is what Ray has."""
    details = serve.context._get_global_client().get_serve_details()
    config = details["applications"]["orders"]["deployments"]["Server"]["deployment_config"]
    scaling = config["autoscaling_config"]
    found = {name: scaling[name] for name in (
        "initial_replicas", "min_replicas", "max_replicas", "target_ongoing_requests",
        "upscale_delay_s", "downscale_delay_s", "look_back_period_s",
    )}
    assert list(found.values()) == [1, 1, 4, 2, 1, 3, 11], found
    assert config["max_ongoing_requests"] == 20, config
    assert config["ray_actor_options"]["num_cpus"] == 0.5, config


def check_forwarding():
    """A body that comes in pieces, a refusal with its headers, and paths that only look like the route."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    text = json.dumps(ORDER).encode()

    def pieces():
        yield text[:5]
        time.sleep(0.5)
        yield text[5:]

    order(connection, pieces())
    for method, path, expected in [("GET", "/orders", 405), ("GET", "/orders/x%2Fy?z=1", 404), ("GET", "/orderstore", 404)]:
        connection.request(method, path)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == expected, (path, answer.status)
        if expected == 405:
            assert len(answer.headers.get_all("date")) == len(answer.headers.get_all("x-request-id")) == 1, answer.headers
            assert answer.headers["allow"] == "POST, OPTIONS", answer.headers
    connection.request("GET", "/orders/openapi.json")
    answer = connection.getresponse()
    assert json.loads(answer.read())["servers"] == [{"url": "../orders"}]


def deployed(folder, address):
    """Deploys what was generated, by Ray's own command, on a port that the test knows."""
    config = yaml.safe_load((folder / "serve_config.yaml").read_text())
    config["proxy_location"], config["http_options"] = "HeadOnly", {"host": "127.0.0.1", "port": PORT}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    command = pathlib.Path(sys.executable).parent / "serve"
    log = open(folder / "serve.log", "wb")
    return subprocess.Popen([command, "run", "--address", address, "config.yaml"], cwd=folder, stdout=log, stderr=log)


def main(folder):
    # Replicas find the application there.
    os.environ["PYTHONPATH"] = str(folder)
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 2, "include_dashboard": False})
    cluster.add_node(num_cpus=2)
    ray.init(address=cluster.address, log_to_driver=False)
    served = deployed(folder, cluster.address)
    try:
        wait_for(1)
        check_options()
        check_forwarding()
        print("load comes", flush=True)
        with Load(clients=24) as heavy:
            wait_for(4)
        print("load goes", flush=True)
        with Load(clients=1, pause=0.2) as light:
            wait_for(1)
        failures = heavy.failures + light.failures
        print(f"{sum(heavy.answered)} requests and {sum(light.answered)}, {len(failures)} failed")
        assert not failures, failures[:5]
    except BaseException:
        print((folder / "serve.log").read_text()[-5000:])
        raise
    finally:
        served.terminate()
        served.wait()
        ray.shutdown()
        cluster.shutdown()


main(pathlib.Path(sys.argv[1]))
