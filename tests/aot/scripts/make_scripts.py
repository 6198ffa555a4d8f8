#!/usr/bin/env python3
"""Makes the TorchScript programs of this folder with PyTorch (2.11), and the same model exported: python make_scripts.py"""
import copy
import json
import os
import zipfile

import torch

HERE = os.path.dirname(os.path.abspath(__file__))


class Net(torch.nn.Module):
    """What an exported program has too: modules, buffers, sizes, loops and branches that do not depend on data."""

    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 4, 3, padding=1)
        self.bn = torch.nn.BatchNorm2d(4)
        self.fc = torch.nn.Linear(64, 6)
        self.blocks = torch.nn.ModuleList([torch.nn.Linear(6, 6) for _ in range(2)])

    def forward(self, x):
        h = torch.relu(self.bn(self.conv(x)))
        h = torch.nn.functional.max_pool2d(h, 2)
        h = h.view(h.size(0), -1)
        h = self.fc(h)
        for block in self.blocks:
            h = h + torch.tanh(block(h)) * 0.5
        if self.training:
            h = h * 2
        a, b = h.chunk(2, 1)
        return torch.cat([b, a], 1).mean()


class Branch(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.p = torch.nn.Parameter(torch.randn(4))

    def forward(self, x):
        y = x + 1
        if bool(y[0][0] < 3):
            z = (y + self.p).sin()
        else:
            z = self.p * y
        return z * 2


class Loop(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.p = torch.nn.Parameter(torch.randn(4))

    def forward(self, x):
        x = x * self.p
        for i in range(int(x.sum())):
            x = x.sin()
        return x.cos()


class Checked(torch.nn.Module):
    """A check that only raises is no branch."""

    def __init__(self):
        super().__init__()
        self.p = torch.nn.Parameter(torch.randn(4))

    def forward(self, x):
        if bool(x.sum() > 1000):
            raise ValueError("too large")
        return x * self.p


class Drawn(torch.nn.Module):
    """A way that random numbers decide."""

    def __init__(self):
        super().__init__()
        self.p = torch.nn.Parameter(torch.randn(4))

    def forward(self, x):
        x = torch.nn.functional.dropout(x * self.p, 0.5, True)
        if bool(x.sum() > 0):
            x = x.sin()
        return x * 2


def without_folders(name):
    """The folders of this machine in the debug information become slashes: lengths in the pickled texts stay right."""
    with zipfile.ZipFile(name) as old:
        entries = [(info.filename, old.read(info)) for info in old.infolist()]
    site = os.path.dirname(os.path.dirname(torch.__file__))
    with zipfile.ZipFile(name, "w", zipfile.ZIP_STORED) as new:
        for entry, data in entries:
            if entry.endswith(".debug_pkl"):
                for folder in (HERE, site):
                    data = data.replace(folder.encode(), b"/" * len(folder))
            new.writestr(zipfile.ZipInfo(entry), data)


def write_inputs(name, x):
    data = x.numpy().tobytes()
    with open(os.path.join(HERE, name + ".bin"), "wb") as f:
        f.write(data)
    head = {"file": name + ".bin", "bytes": len(data), "storages": [{"offset": 0, "bytes": len(data)}],
            "inputs": [{"storage": 0, "dtype": "f32", "shape": list(x.shape), "stride": list(x.stride()), "storage_offset": 0,
                        "same_object_as": None, "requires_grad": False, "leaf": True}]}
    with open(os.path.join(HERE, name + ".json"), "w") as f:
        json.dump(head, f)


def write_ways():
    """What the programs with branches and loops on data give, and their gradients, on both ways."""
    write_inputs("high", torch.tensor([[3.0, 2.5, 4.0, 3.5], [2.0, 1.5, 3.5, 5.0]]))
    ways = []
    for program in ("branch", "loop"):
        for name in ("rows", "high"):
            model = torch.jit.load(program + ".pt")
            x = torch.frombuffer(bytearray(open(name + ".bin", "rb").read()), dtype=torch.float32).view(2, 4)
            y = model(x)
            y.square().mean().backward()
            ways.append({"program": program, "inputs": name, "output": y.flatten().tolist(), "gradient": model.p.grad.tolist()})
    with open("ways.json", "w") as f:
        json.dump(ways, f, indent=1)


def main():
    torch.manual_seed(0)
    os.chdir(HERE)
    x = torch.randn(2, 3, 8, 8)
    net = Net()
    write_inputs("net", x)
    exported = torch.export.export(net, (x,))
    site = os.path.dirname(os.path.dirname(torch.__file__))
    for node in exported.graph.nodes:
        if "stack_trace" in node.meta:
            node.meta["stack_trace"] = node.meta["stack_trace"].replace(HERE + "/", "").replace(site, "site-packages")
    torch.export.save(exported, "net.pt2")
    torch.jit.script(net).save("net_scripted.pt")
    torch.jit.trace(copy.deepcopy(net), x, check_trace=False).save("net_traced.pt")
    write_inputs("rows", torch.randn(2, 4))
    for name, model in (("branch", Branch()), ("loop", Loop()), ("checked", Checked()), ("drawn", Drawn())):
        torch.jit.script(model).save(name + ".pt")
    for name in ("net_scripted", "net_traced", "branch", "loop", "checked", "drawn"):
        without_folders(name + ".pt")
    write_ways()


main()
