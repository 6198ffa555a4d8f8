#!/usr/bin/env python3
"""The GPU cases of `./dev bench gpu`: PYTHON gpu_cases.py FOLDER export|peers [CASE...]

export: writes each case's model with its inputs to FOLDER/CASE.pt2.
peers: times PyTorch on the cases: eager, and torch.compile in three modes (two for whole models); at the
budgets of a case that has some, eager and the aot_eager backend. Device events, median of interleaved samples.
Prints one JSON object a line and keeps them in FOLDER/CASE.peers.json.
"""
import gc
import json
import os
import statistics
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

BF16 = torch.bfloat16
PEERS = {"default": {}, "reduce-overhead": {"mode": "reduce-overhead"},
         "max-autotune-no-cudagraphs": {"mode": "max-autotune-no-cudagraphs"}}


class Chain(nn.Module):
    """12 pointwise operators: bias, GELU, scale, residual."""

    def __init__(self, width):
        super().__init__()
        self.bias = nn.Parameter(torch.randn(width, dtype=BF16))

    def forward(self, x, r):
        y = F.gelu(x + self.bias, approximate="tanh") * 0.5 + r
        y = torch.sigmoid(y) * y + 1.25
        return (y * 0.7 - r) * 1.1 + x


class Rms(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width, dtype=BF16))

    def forward(self, x, r):
        h = x + r
        f = h.float()
        n = f * torch.rsqrt(f.pow(2).mean(-1, keepdim=True) + 1e-6)
        return n.to(h.dtype) * self.weight


class Softmax(nn.Module):
    def forward(self, x):
        return torch.softmax(x, -1)


class NormGelu(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width, dtype=BF16)

    def forward(self, x):
        return F.gelu(self.norm(x))


class CrossEntropy(nn.Module):
    def forward(self, logits, target):
        return F.cross_entropy(logits.float(), target)


class RowProducts(nn.Module):
    """Weighted sums of a model's rows: a loss that costs no pass over memory of its own, and whose gradients of
    the rows are as good as given."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, weights, *inputs):
        return (self.model(*inputs) * weights).sum(-1, dtype=torch.float32)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.n1, self.n2 = nn.LayerNorm(width, dtype=BF16), nn.LayerNorm(width, dtype=BF16)
        self.qkv = nn.Linear(width, 3 * width, dtype=BF16)
        self.out = nn.Linear(width, width, dtype=BF16)
        self.up, self.down = nn.Linear(width, 4 * width, dtype=BF16), nn.Linear(4 * width, width, dtype=BF16)

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = (p.view(b, t, self.heads, c // self.heads).transpose(1, 2) for p in self.qkv(self.n1(x)).split(c, 2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(b, t, c))
        return x + self.down(F.gelu(self.up(self.n2(x)), approximate="tanh"))


class Gpt(nn.Module):
    def __init__(self, layers=12, width=768, heads=12, length=1024, vocabulary=50257):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width, dtype=BF16)
        self.places = nn.Embedding(length, width, dtype=BF16)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width, dtype=BF16)
        self.head = nn.Linear(width, vocabulary, bias=False, dtype=BF16)
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=0.02)

    def forward(self, ids, target):
        x = self.tokens(ids) + self.places(torch.arange(ids.shape[1], device=ids.device))
        for block in self.blocks:
            x = block(x)
        logits = self.head(self.norm(x))
        return F.cross_entropy(logits.view(-1, logits.shape[-1]).float(), target.view(-1))


class DecoderLayer(nn.Module):
    """A layer of a Llama: grouped heads, rotary positions, gated feed-forward; one token against a cache."""

    def __init__(self, width, heads, groups, hidden):
        super().__init__()
        self.heads, self.groups, self.size = heads, groups, width // heads
        self.n1, self.n2 = (nn.RMSNorm(width, eps=1e-5, dtype=BF16) for _ in range(2))
        self.q, self.o = (nn.Linear(width, width, bias=False, dtype=BF16) for _ in range(2))
        self.k, self.v = (nn.Linear(width, groups * self.size, bias=False, dtype=BF16) for _ in range(2))
        self.gate, self.up = (nn.Linear(width, hidden, bias=False, dtype=BF16) for _ in range(2))
        self.down = nn.Linear(hidden, width, bias=False, dtype=BF16)

    def turned(self, x, cosine, sine):
        a, b = x.chunk(2, -1)
        return torch.cat((a * cosine - b * sine, b * cosine + a * sine), -1)

    def forward(self, x, keys, values, at, mask, cosine, sine):
        h = self.n1(x)
        q = self.turned(self.q(h).view(1, self.groups, self.heads // self.groups, self.size), cosine, sine)
        k = self.turned(self.k(h).view(1, self.groups, 1, self.size), cosine, sine)
        keys = torch.where(at, k, keys)
        values = torch.where(at, self.v(h).view(1, self.groups, 1, self.size), values)
        # The query heads of a group share its keys: they are rows of one attention.
        y = F.scaled_dot_product_attention(q, keys, values, attn_mask=mask)
        x = x + self.o(y.reshape(1, 1, -1))
        h = self.n2(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Decoder(nn.Module):
    """The shape of a Llama of 1.24 billion parameters, for one token after `position` others."""

    def __init__(self, layers=16, width=2048, heads=32, groups=8, hidden=8192, vocabulary=128256, length=1024):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, width, dtype=BF16)
        self.layers = nn.ModuleList(DecoderLayer(width, heads, groups, hidden) for _ in range(layers))
        self.norm = nn.RMSNorm(width, eps=1e-5, dtype=BF16)
        rates = 500000.0 ** (torch.arange(0, width // heads, 2) / -(width // heads))
        angles = torch.outer(torch.arange(length), rates)
        self.register_buffer("cosine", angles.cos().to(BF16))
        self.register_buffer("sine", angles.sin().to(BF16))
        self.register_buffer("places", torch.arange(length))
        for parameter in self.parameters():
            nn.init.normal_(parameter, std=0.02)

    def forward(self, token, position, keys, values):
        x = self.tokens(token)
        cosine, sine = (table.index_select(0, position) for table in (self.cosine, self.sine))
        at = (self.places == position).view(1, 1, -1, 1)
        mask = (self.places <= position).view(1, 1, 1, -1)
        for layer, k, v in zip(self.layers, keys.unbind(0), values.unbind(0)):
            x = layer(x, k, v, at, mask, cosine, sine)
        return F.linear(self.norm(x), self.tokens.weight)


class Mlp(nn.Module):
    def __init__(self, layers=8, width=128):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(layers))

    def forward(self, x):
        for layer in self.layers:
            x = F.gelu(layer(x), approximate="tanh")
        return x


def resnet50():
    import torchvision
    return torchvision.models.resnet50().to(BF16).to(memory_format=torch.channels_last)


def normal(*sizes):
    return torch.randn(*sizes, dtype=BF16)


def tokens(batch, length):
    return tuple(torch.randint(0, 50257, (batch, length)) for _ in range(2))


def leaf(*sizes):
    return normal(*sizes).requires_grad_()


def cache():
    return normal(16, 1, 8, 1024, 64)


# name: (module, inputs, mode)
CASES = {
    "g1_chain": (lambda: Chain(8192), lambda: (normal(16384, 8192), normal(16384, 8192)), "infer"),
    "g1_chain_train": (lambda: RowProducts(Chain(8192)),
                       lambda: (normal(16384, 8192), leaf(16384, 8192), leaf(16384, 8192)), "train"),
    "g2_rms_4096": (lambda: Rms(4096), lambda: (normal(32768, 4096), normal(32768, 4096)), "infer"),
    "g2_rms_4096_train": (lambda: RowProducts(Rms(4096)),
                          lambda: (normal(32768, 4096), leaf(32768, 4096), leaf(32768, 4096)), "train"),
    "g2_rms_3000": (lambda: Rms(3000), lambda: (normal(32768, 3000), normal(32768, 3000)), "infer"),
    "g2_rms_3000_train": (lambda: RowProducts(Rms(3000)),
                          lambda: (normal(32768, 3000), leaf(32768, 3000), leaf(32768, 3000)), "train"),
    "g2_softmax_4096": (Softmax, lambda: (normal(32768, 4096),), "infer"),
    "g2_norm_gelu_train": (lambda: RowProducts(NormGelu(4096)),
                           lambda: (normal(32768, 4096), leaf(32768, 4096)), "train"),
    "g2_cross_entropy": (CrossEntropy, lambda: (leaf(8192, 50257), torch.randint(0, 50257, (8192,))), "train"),
    "g3_gpt2_small": (Gpt, lambda: tokens(8, 1024), "train"),
    "g4_resnet50_b64": (resnet50, lambda: (normal(64, 3, 224, 224).to(memory_format=torch.channels_last),), "train"),
    "g4_resnet50_b1": (resnet50, lambda: (normal(1, 3, 224, 224).to(memory_format=torch.channels_last),), "infer"),
    "g5_decode": (Decoder, lambda: (torch.randint(0, 128256, (1, 1)), torch.tensor([900]), cache(), cache()), "infer"),
    "g6_mlp": (Mlp, lambda: (torch.randn(1, 128),), "infer"),
    "g6_mlp_train": (Mlp, lambda: (torch.randn(1, 128),), "train"),
    "g7_budget": (Gpt, lambda: tokens(8, 1024), "train"),
}
BUDGETS = {"g7_budget": (1.0, 0.5, 0.3, 0.15, 0.05)}


def loss_of(output):
    return output if output.dim() == 0 else output.float().square().mean()


def step_of(function, model, inputs, train):
    leaves = [leaf for leaf in (*model.parameters(), *inputs) if leaf.requires_grad]

    def infer():
        with torch.no_grad():
            return function(*inputs)

    def step():
        for leaf in leaves:
            leaf.grad = None
        loss_of(function(*inputs)).backward()

    return step if train and leaves else infer


def time_all(steps, samples=30):
    """Milliseconds of each step: medians of samples that are taken in turns."""
    for step in steps.values():
        for _ in range(3):
            step()
    torch.cuda.synchronize()
    taken = {name: [] for name in steps}
    for _ in range(samples):
        for name, step in steps.items():
            first, last = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            repeats = 1 if not taken[name] else max(1, int(1 / max(taken[name][-1], 1e-3)))
            torch.cuda.synchronize()
            first.record()
            for _ in range(repeats):
                step()
            last.record()
            last.synchronize()
            taken[name].append(first.elapsed_time(last) / repeats)
    return {name: statistics.median(values) for name, values in taken.items()}


def make(name):
    """The case's model and inputs, the same in every call."""
    module, inputs, mode = CASES[name]
    torch.manual_seed(0)
    return module().train(mode == "train"), inputs()


def export(name, folder):
    model, inputs = make(name)
    torch.export.save(torch.export.export(model, inputs), os.path.join(folder, name + ".pt2"))


def first_run(step):
    """Seconds that the first run takes, which compiles."""
    torch._dynamo.reset()
    start = time.perf_counter()
    step()
    torch.cuda.synchronize()
    return time.perf_counter() - start


def peak_of(step):
    torch.cuda.reset_peak_memory_stats()
    step()
    torch.cuda.synchronize()
    return torch.cuda.max_memory_allocated()


def peers_of(name):
    """Whole models do without the mode that searches, which takes minutes for them."""
    return {peer: options for peer, options in PEERS.items()
            if name.startswith(("g1", "g2", "g6")) or not peer.startswith("max-autotune")}


def measure_modes(name, model, inputs, mode):
    steps, cold = {"eager": step_of(model, model, inputs, mode == "train")}, {}
    for peer, options in peers_of(name).items():
        steps[peer] = step_of(torch.compile(model, **options), model, inputs, mode == "train")
        cold[peer] = first_run(steps[peer])
    peaks = {peer: peak_of(step) for peer, step in steps.items()}
    return [{"median_ms": time_all(steps), "cold_s": cold, "peak_bytes": peaks}]


def measure_budgets(model, inputs, budgets):
    rows = []
    for budget in budgets:
        with torch._functorch.config.patch(activation_memory_budget=budget):
            steps = {"eager": step_of(model, model, inputs, True),
                     "aot_eager": step_of(torch.compile(model, backend="aot_eager"), model, inputs, True)}
            cold = {"aot_eager": first_run(steps["aot_eager"])}
            peaks = {peer: peak_of(step) for peer, step in steps.items()}
            rows.append({"budget": budget, "median_ms": time_all(steps, 10), "cold_s": cold, "peak_bytes": peaks})
    return rows


def measure(name, folder):
    model, inputs = make(name)
    model, mode = model.cuda(), CASES[name][2]
    inputs = tuple(value.detach().cuda().requires_grad_(value.requires_grad) for value in inputs)
    if name in BUDGETS:
        rows = measure_budgets(model, inputs, BUDGETS[name])
    else:
        rows = measure_modes(name, model, inputs, mode)
    for row in rows:
        row |= {"case": name, "mode": mode, "gpu": torch.cuda.get_device_name(), "torch": torch.__version__}
        print(json.dumps(row), flush=True)
    with open(os.path.join(folder, name + ".peers.json"), "w") as file:
        json.dump(rows, file, indent=1)
    gc.collect()
    torch.cuda.empty_cache()


def main():
    folder, what = sys.argv[1:3]
    os.makedirs(folder, exist_ok=True)
    for name in sys.argv[3:] or CASES:
        {"export": export, "peers": measure}[what](name, folder)


if __name__ == "__main__":
    main()
