"""Writes down what Ray's own autoscaling policy decides over random loads: a trace a line, as JSON.

Of a trace, `options` are those of the policy, and `initial` is how many replicas there should be at first. Each of its
`loads` lasts for the decisions in `decided`, [how many in a row, replicas]; `ongoing` is what the replicas that have
reported have to do, and `queued` how many requests wait where there are none.
"""

import json
import random
import sys

import ray
from ray.serve._private.autoscaling_policy import BasicAutoscalingPolicy
from ray.serve.config import AutoscalingConfig

VERSION = "2.9.3"
DEFAULT_DELAYS = (30.0, 600.0)


def options(chance):
    fewest = chance.randint(0, 3)
    delay = lambda: chance.choice([0.0, 0.05, 0.1, 0.3, 1.2, round(chance.uniform(0, 5), 3)])
    up, down = DEFAULT_DELAYS if chance.random() < 0.1 else (delay(), delay())
    return {
        "min_replicas": fewest,
        "max_replicas": fewest + chance.randint(1, 12),
        "target_num_ongoing_requests_per_replica": chance.choice([1.0, 0.5, 3.7, 100.0, round(chance.uniform(0.05, 20), 2)]),
        "upscale_delay_s": up,
        "downscale_delay_s": down,
        "smoothing_factor": chance.choice([1.0, 1.0, 1.0, 0.5, 0.1, round(chance.uniform(0.05, 3), 2)]),
    }


def ongoing(chance, replicas, target):
    """What each replica has to do, as a mean over some time: much, little, nothing, or exactly what it should."""
    much = target * chance.choice([1.2, 6, 1e6])
    one = lambda: chance.choice([0.0, target, round(target * chance.random(), 3), round(much * chance.random(), 2)])
    if chance.random() < 0.5:
        return [one()] * replicas
    return [one() for _ in range(replicas)]


def decided(policy, load, ticks, replicas):
    """The decisions, those in a row that are the same together."""
    runs = []
    for _ in range(ticks):
        replicas = policy.get_decision_num_replicas(replicas, load["ongoing"], load["queued"])
        if runs and runs[-1][1] == replicas:
            runs[-1][0] += 1
        else:
            runs.append([1, replicas])
    return runs


def trace(chance):
    chosen = options(chance)
    policy = BasicAutoscalingPolicy(AutoscalingConfig(**chosen))
    initial = replicas = chance.randint(chosen["min_replicas"], chosen["max_replicas"])
    longest = 2 + int(13 * max(chosen["upscale_delay_s"], chosen["downscale_delay_s"]))
    loads = []
    for _ in range(chance.randint(4, 10)):
        # Replicas that are starting have not reported yet, and those that stop still do.
        reporting = chance.choice([replicas, replicas, replicas, chance.randint(0, chosen["max_replicas"])])
        load = {
            "ongoing": ongoing(chance, reporting, chosen["target_num_ongoing_requests_per_replica"]),
            "queued": 0 if reporting else chance.choice([0, 1, 7]),
        }
        load["decided"] = decided(policy, load, chance.randint(1, longest), replicas)
        replicas = load["decided"][-1][1]
        loads.append(load)
    return {"options": chosen, "initial": initial, "loads": loads}


if __name__ == "__main__":
    if ray.__version__ != VERSION:
        sys.exit(f"Ray is {ray.__version__}; the policy is that of {VERSION}")
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(seed)
    for _ in range(count):
        print(json.dumps(trace(chance)))
