#!/usr/bin/env python3
"""Makes the trace logs of this folder with PyTorch (2.11): python make_logs.py

Each program below runs in a process of its own under TORCH_TRACE. What the tests do not need is left out of its log (timings,
descriptions of tensors, configuration), and paths of the machine are shortened; sums are made anew. The rest is as PyTorch wrote it.
"""
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
LEFT_OUT = {"chromium_event", "describe_tensor", "describe_storage", "describe_source", "dynamo_cpp_guards_str", "dynamo_guards",
            "bwd_compilation_metrics", "aot_autograd_backward_compilation_metrics"}


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = torch.nn.Linear(8, 16)
        self.bn = torch.nn.BatchNorm1d(16)
        self.fc2 = torch.nn.Linear(16, 4)

    def forward(self, x):
        h = self.bn(self.fc1(x)).relu()
        return self.fc2(h).softmax(-1)


class Broken(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.nn.Linear(8, 8)
        self.b = torch.nn.Linear(8, 8)

    def forward(self, x):
        y = self.a(x).sin()
        torch._dynamo.graph_break()
        return self.b(y * 2).tanh()


def recompiled():
    """Two compiles of one function: the second has a symbol for the batch."""
    net = torch.compile(Net(), backend="aot_eager")
    for batch in (8, 6):
        net(torch.randn(batch, 8)).sum().backward()


def graph_break():
    net = torch.compile(Broken(), backend="aot_eager")
    net(torch.randn(4, 8)).sum().backward()


def decomposed():
    """Inference, and a min-cut partition after decomposition."""
    backend = "aot_eager_decomp_partition"
    with torch.no_grad():
        torch.compile(Net().eval(), backend=backend)(torch.randn(8, 8))
    torch.compile(Net(), backend=backend)(torch.randn(8, 8)).sum().backward()


def records(text):
    """(line, payload or None)"""
    lines = text.split("\n")
    i = 0
    while i < len(lines):
        line, payload = lines[i], None
        i += 1
        while i < len(lines) and lines[i].startswith("\t"):
            payload = lines[i][1:] if payload is None else payload + "\n" + lines[i][1:]
            i += 1
        if line:
            yield line, payload


def shorten(text):
    text = text.replace(HERE + "/", "")
    return re.sub(r"/[^\s\"']*/site-packages/", "site-packages/", text)


def reduced(text):
    out = []
    for line, payload in records(text):
        prefix, body = line.split("] ", 1)
        record = json.loads(shorten(body))
        if LEFT_OUT & set(record) or record.get("artifact", {}).get("name") == "torch._functorch.config":
            continue
        if "compilation_metrics" in record:
            keep = ("compile_id", "co_name", "co_filename", "co_firstlineno")
            record["compilation_metrics"] = {k: record["compilation_metrics"][k] for k in keep}
        if payload is not None:
            payload = shorten(payload)
            record["has_payload"] = hashlib.md5(payload.encode()).hexdigest()
        out.append(f"{prefix}] {json.dumps(record)}")
        if payload is not None:
            out += ["\t" + part for part in payload.split("\n")]
    return "\n".join(out) + "\n"


def main():
    if len(sys.argv) == 2:
        torch.manual_seed(0)
        return globals()[sys.argv[1]]()
    for program in ("recompiled", "graph_break", "decomposed"):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, __file__, program], check=True, env={**os.environ, "TORCH_TRACE": folder})
            (name,) = os.listdir(folder)
            with open(os.path.join(folder, name)) as f:
                text = reduced(f.read())
        with open(os.path.join(HERE, program + ".log"), "w") as f:
            f.write(text)


main()
