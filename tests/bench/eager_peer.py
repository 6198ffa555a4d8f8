#!/usr/bin/env python3
"""Our eager times beside PyTorch's own measuring of the same models, interleaved.

PYTHON eager_peer.py ENGINE MODEL.pt2=INPUTS.json...   (an input head with its .bin beside it, as `aot-engine --inputs` reads it)

For each model `aot-engine bench` and torch.utils.benchmark (blocked_autorange) in turn, ROUNDS times, one thread, both with the
engine's default loss. The peer is timed twice: as Python runs the exported module, and traced by torch.jit without any
optimization, which calls the same operators without Python; the difference is Python's overhead. Exits 1 if the engine lies
more than 10 % outside of the two. Wants a quiet machine.
"""
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

import torch
from torch.utils import benchmark

ROUNDS = 3
LARGEST_DIFFERENCE = 0.10


def loss_of(outputs):
    tensors = [t for t in outputs if isinstance(t, torch.Tensor) and t.is_floating_point()]
    if tensors and tensors[0].numel() == 1 and tensors[0].dim() == 0:
        return tensors[0]
    return sum((t.float() ** 2).mean() for t in tensors)


DTYPES = {"f64": torch.float64, "f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16, "i64": torch.int64,
          "i32": torch.int32, "i16": torch.int16, "i8": torch.int8, "u8": torch.uint8, "b8": torch.bool}


def read_inputs(path):
    head = json.loads(path.read_text())
    data = path.with_suffix(".bin").read_bytes()
    tensors = []
    for x in head["inputs"]:
        place = head["storages"][x["storage"]]
        raw = bytearray(data[place["offset"]:place["offset"] + place["bytes"]])
        flat = torch.frombuffer(raw, dtype=DTYPES[x["dtype"]])
        tensor = flat.as_strided(x["shape"], x["stride"], x["storage_offset"])
        tensors.append(tensor.requires_grad_() if x["requires_grad"] else tensor)
    return tensors


class Step:
    """One training step of an exported program, as the engine runs it: gradients are new in every step."""

    def __init__(self, model, inputs):
        self.module = torch.export.load(model).module()
        self.inputs = read_inputs(pathlib.Path(inputs))
        with torch.jit.optimized_execution(False):
            self.traced = torch.jit.trace(self.module, tuple(self.inputs), check_trace=False)
        self.parameters = [p for p in self.module.parameters() if p.requires_grad]

    def run(self, forward):
        for tensor in (*self.parameters, *self.inputs):
            tensor.grad = None
        with torch.jit.optimized_execution(False):
            outputs = forward(*self.inputs)
        loss_of(outputs if isinstance(outputs, (tuple, list)) else [outputs]).backward()


def peer_ms(step, forward):
    timer = benchmark.Timer("step.run(forward)", globals={"step": step, "forward": forward}, num_threads=1)
    return timer.blocked_autorange(min_run_time=1.0).median * 1e3


def engine_ms(engine, model, inputs):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "bench.json"
        command = [engine, "bench", model, "--inputs", inputs, "--threads", "1", "--quiet", "--json", file]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return find(json.loads(file.read_text()), "eager")["median_ms"]


def find(value, key):
    """The first object of that name, however deep."""
    if isinstance(value, dict):
        if isinstance(value.get(key), dict):
            return value[key]
        value = list(value.values())
    for each in value if isinstance(value, list) else []:
        found = find(each, key)
        if found:
            return found
    return None


def main():
    engine, models = sys.argv[1], sys.argv[2:]
    torch.set_num_threads(1)
    worst = 0
    for path, inputs in (pair.split("=") for pair in models):
        step = Step(path, inputs)
        rounds = [(engine_ms(engine, path, inputs), peer_ms(step, step.module), peer_ms(step, step.traced)) for _ in range(ROUNDS)]
        ours, python, traced = (statistics.median(times) for times in zip(*rounds))
        off = max(0, ours / max(python, traced) - 1, 1 - ours / min(python, traced))
        worst = max(worst, off)
        print(f"{pathlib.Path(path).stem:16} engine {ours:9.3f} ms   peer {python:9.3f} ms, without Python {traced:9.3f} ms"
              f"   engine / peer {ours / traced:.3f}   off by {100 * off:.1f} %", flush=True)
    sys.exit(worst > LARGEST_DIFFERENCE)


main()
