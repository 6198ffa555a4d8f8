#!/usr/bin/env python3
"""Makes the files of tests/aot/models, for calls that a text of programs/ cannot show. Needs torch
2.11.

scalars.pt2: Python numbers, a list of them and a captured tensor beside the tensors of a call (rows
12 to 14 of PyTorch's test_aot_autograd). size_output.pt2: a size among the outputs.
"""

import pathlib

import torch

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "models"
captured = torch.tensor([1.0, 2.0, 3.0])


class Scalars(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.w = torch.nn.Parameter(torch.ones(3))

    def forward(self, a, b, n: int, factors: list, scale: float, name: str):
        a.add_(n)
        b.mul_(factors[0])
        return a * factors[1] + b * scale + self.w * captured


class SizeOutput(torch.nn.Module):
    def forward(self, x):
        return x + 1, x.shape[0]


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    arguments = (torch.zeros(3), torch.ones(3), 3, [2, 5], 0.5, "unused")
    torch.export.save(torch.export.export(Scalars(), arguments), FOLDER / "scalars.pt2")
    batch = torch.export.Dim("batch", min=2, max=64)
    program = torch.export.export(SizeOutput(), (torch.ones(6, 3),), dynamic_shapes=({0: batch},))
    torch.export.save(program, FOLDER / "size_output.pt2")
