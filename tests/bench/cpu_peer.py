"""The peers of one case: PYTHON cpu_peer.py CASE THREADS. Answers each line on stdin with a round of times.

Prints one JSON line when ready, {"compile_s": ...}, then for every line read {"eager_ms": ..., "inductor_ms": ...}. Samples
alternate between the two and free their tensors within, as the engine's do.
"""
import json
import math
import statistics
import sys
import time

import torch

import cpu_cases

SECONDS_A_ROUND, MOST_SAMPLES = 1.0, 30


def stepper(case, function, inputs, parameters):
    if cpu_cases.CASES[case][0] == "infer":
        def infer():
            with torch.no_grad():
                function(*inputs)
        return infer

    def train():
        for tensor in (*inputs, *parameters):
            tensor.grad = None
        function(*inputs).backward()
    return train


def sample(step):
    start = time.perf_counter()
    step()
    once = time.perf_counter() - start
    repeats = max(1, min(1000, math.ceil(1e-3 / once)))
    start = time.perf_counter()
    for _ in range(repeats):
        step()
    return (time.perf_counter() - start) / repeats * 1e3


def main():
    case, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    model, inputs = cpu_cases.make(case)
    parameters = list(model.parameters())
    steps = {"eager": stepper(case, model, inputs, parameters)}
    steps["inductor"] = stepper(case, torch.compile(model, dynamic=False), inputs, parameters)
    start = time.perf_counter()
    steps["inductor"]()
    seconds = time.perf_counter() - start
    print(json.dumps({"compile_s": seconds}), flush=True)
    for _ in sys.stdin:
        times = {name: [] for name in steps}
        start = time.perf_counter()
        while len(times["eager"]) < 3 or (time.perf_counter() - start < SECONDS_A_ROUND and len(times["eager"]) < MOST_SAMPLES):
            for name, step in steps.items():
                times[name].append(sample(step))
        print(json.dumps({name + "_ms": statistics.median(values) for name, values in times.items()}), flush=True)


if __name__ == "__main__":
    main()
