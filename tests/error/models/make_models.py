"""Makes models that open but cannot be traced: python make_models.py (torch 2.11.0), run in this folder."""
import torch
import torch.nn as nn


class DataDependent(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(4))

    def forward(self, x):
        rows = torch.nonzero(x[:, 0] > 0).squeeze(1)
        return (x * self.w)[rows].sum()


class ControlFlow(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(4))

    def forward(self, x):
        return torch.cond(x.sum() > 0, lambda a: a.sin(), lambda a: a.cos(), (x * self.w,)).sum()


for name, model in (("data_dependent", DataDependent()), ("control_flow", ControlFlow())):
    program = torch.export.export(model, (torch.ones(5, 4),))
    for part in program.graph_module.modules():
        for node in part.graph.nodes if hasattr(part, "graph") else ():
            if "stack_trace" in node.meta:  # the machine that exported must not be named
                node.meta["stack_trace"] = f'  File "make_models.py", line 1, in forward\n    {name}\n'
    torch.export.save(program, name + ".pt2")
