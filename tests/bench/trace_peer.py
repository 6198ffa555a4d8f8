#!/usr/bin/env python3
"""AOTAutograd's own time on the blocks of bench_trace.cpp, for comparison: PYTHON trace_peer.py [BLOCKS]

Prints the calls of the joint graph and the processor time of the best of three captures, forward and backward.
"""
import sys
import time

import torch
import torch.nn.functional as F
from torch._functorch.aot_autograd import aot_module

BATCH, LENGTH, WIDTH, HEADS = 2, 16, 32, 4


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.n1, self.n2 = torch.nn.LayerNorm(WIDTH), torch.nn.LayerNorm(WIDTH)
        self.q, self.k, self.v, self.o = (torch.nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.up, self.down = torch.nn.Linear(WIDTH, 4 * WIDTH), torch.nn.Linear(4 * WIDTH, WIDTH)

    def heads(self, x):
        return x.view(BATCH, LENGTH, HEADS, WIDTH // HEADS).transpose(1, 2)

    def forward(self, x):
        h = self.n1(x)
        y = F.scaled_dot_product_attention(self.heads(self.q(h)), self.heads(self.k(h)), self.heads(self.v(h)), is_causal=True)
        x = x + self.o(y.transpose(1, 2).reshape(BATCH, LENGTH, WIDTH))
        return x + self.down(F.gelu(self.up(self.n2(x))))


def capture(model, x):
    calls = []

    def partition(joint, inputs, *, num_fwd_outputs, **kwargs):
        calls.append(sum(node.op == "call_function" for node in joint.graph.nodes))
        captured.append(time.process_time())
        return torch._functorch.partitioners.default_partition(joint, inputs, num_fwd_outputs=num_fwd_outputs, **kwargs)

    captured = []
    compiled = aot_module(model, fw_compiler=lambda g, _: g, bw_compiler=lambda g, _: g, partition_fn=partition)
    start = time.process_time()
    compiled(x)
    return calls[0], captured[0] - start


def main():
    blocks = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    model = torch.nn.Sequential(*(Block() for _ in range(blocks)))
    x = torch.randn(BATCH, LENGTH, WIDTH)
    best = min((capture(model, x) for _ in range(3)), key=lambda run: run[1])
    print(f"AOTAutograd, {blocks} blocks: {best[0]} calls, {1e3 * best[1]:.1f} ms, {1e6 * best[1] / best[0]:.0f} us a call")


main()
