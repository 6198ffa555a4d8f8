"""The cases of the CPU compiler's benchmark, C1 to C7 and single kernels, as models: PYTHON cpu_cases.py FOLDER [CASE ...]

Writes FOLDER/<case>.pt2 where it is missing (torch 2.11.0, random weights of seed 0), and FOLDER/cases.json. A case that
learns has its loss inside, so that a training step is the whole of forward, loss and backward for everyone who runs it.
"""
import json
import os
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F


class Chain(nn.Module):
    """C1: bias, GELU (tanh), scale and residual, operation by operation."""

    def __init__(self, width, loss):
        super().__init__()
        self.bias, self.scale = nn.Parameter(0.1 * torch.randn(width)), nn.Parameter(1 + 0.1 * torch.randn(width))
        self.loss = loss

    def forward(self, x, residual):
        t = x + self.bias
        y = 0.5 * t * (1 + torch.tanh(0.7978845608 * (t + 0.044715 * t * t * t))) * self.scale + residual
        return (y * y).mean() if self.loss else y


class NormGelu(nn.Module):
    """C2"""

    def __init__(self, width, loss):
        super().__init__()
        self.norm, self.loss = nn.LayerNorm(width), loss

    def forward(self, x):
        y = F.gelu(self.norm(x))
        return (y * y).mean() if self.loss else y


class Softmax(nn.Module):
    def forward(self, x):
        return torch.softmax(x, -1)


class CrossEntropy(nn.Module):
    def forward(self, x, labels):
        return F.cross_entropy(x, labels)


class NormAddRelu(nn.Module):
    """The tail of a ResNet block."""

    def __init__(self, channels):
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x, residual):
        y = torch.relu(self.norm(x) + residual)
        return (y * y).mean() if self.training else y


class Perceptron(nn.Module):
    """C3"""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(784, 2048), nn.ReLU(), nn.Linear(2048, 2048), nn.ReLU(), nn.Linear(2048, 10))

    def forward(self, x, labels):
        return F.cross_entropy(self.layers(x), labels)


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + self.shortcut(x))


class ResNet18(nn.Module):
    """C4: the usual widths and image size."""

    def __init__(self):
        super().__init__()
        blocks = [Residual(a, b, s) for w, v, s in ((64, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 2))
                  for a, b, s in ((w, v, s), (v, v, 1))]
        self.body = nn.Sequential(nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
                                  *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 1000))

    def forward(self, image):
        y = self.body(image)
        return (y * y).mean() if self.training else y


class Inverted(nn.Module):
    """MobileNetV3's block: expand, depthwise, squeeze-and-excite, project."""

    def __init__(self, inputs, kernel, hidden, outputs, excite, activation, stride):
        super().__init__()
        conv = lambda a, b, k, s=1, g=1: nn.Sequential(nn.Conv2d(a, b, k, s, k // 2, groups=g, bias=False), nn.BatchNorm2d(b))
        self.expand = nn.Sequential(conv(inputs, hidden, 1), activation()) if hidden != inputs else nn.Identity()
        self.depth = nn.Sequential(conv(hidden, hidden, kernel, stride, hidden), activation())
        squeezed = (hidden // 4 + 4) // 8 * 8
        self.excite = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(hidden, squeezed, 1), nn.ReLU(),
                                    nn.Conv2d(squeezed, hidden, 1), nn.Hardsigmoid()) if excite else None
        self.project = conv(hidden, outputs, 1)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x):
        y = self.depth(self.expand(x))
        y = self.project(y * self.excite(y) if self.excite else y)
        return x + y if self.shortcut else y


class MobileNet(nn.Module):
    """C5: MobileNetV3-Large."""

    def __init__(self):
        super().__init__()
        r, h = nn.ReLU, nn.Hardswish
        rows = ((16, 3, 16, 16, 0, r, 1), (16, 3, 64, 24, 0, r, 2), (24, 3, 72, 24, 0, r, 1), (24, 5, 72, 40, 1, r, 2),
                (40, 5, 120, 40, 1, r, 1), (40, 5, 120, 40, 1, r, 1), (40, 3, 240, 80, 0, h, 2), (80, 3, 200, 80, 0, h, 1),
                (80, 3, 184, 80, 0, h, 1), (80, 3, 184, 80, 0, h, 1), (80, 3, 480, 112, 1, h, 1), (112, 3, 672, 112, 1, h, 1),
                (112, 5, 672, 160, 1, h, 2), (160, 5, 960, 160, 1, h, 1), (160, 5, 960, 160, 1, h, 1))
        self.body = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), h(), *(Inverted(*row) for row in rows),
                                  nn.Conv2d(160, 960, 1, bias=False), nn.BatchNorm2d(960), h(), nn.AdaptiveAvgPool2d(1),
                                  nn.Flatten(), nn.Linear(960, 1280), h(), nn.Linear(1280, 1000))

    def forward(self, image):
        y = self.body(image)
        return (y * y).mean() if self.training else y


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = (t.view(batch, length, self.heads, -1).transpose(1, 2) for t in self.qkv(self.norm1(x)).chunk(3, -1))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(y.transpose(1, 2).reshape(batch, length, width))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class Gpt(nn.Module):
    """C6: GPT-2 small without dropout."""

    def __init__(self, layers=12, width=768, heads=12, vocabulary=50257, context=128):
        super().__init__()
        self.token, self.position = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)

    def forward(self, tokens, targets):
        x = self.token(tokens) + self.position(torch.arange(tokens.shape[1]))
        for block in self.blocks:
            x = block(x)
        logits = self.head(self.norm(x))
        return F.cross_entropy(logits.view(-1, logits.shape[-1]), targets.view(-1)) if self.training else logits


class Tiny(nn.Module):
    """C7: 200 operations on 1,024 floats."""

    def __init__(self, width, loss):
        super().__init__()
        self.w, self.b = nn.Parameter(0.9 + 0.1 * torch.rand(width)), nn.Parameter(0.1 * torch.randn(width))
        self.loss = loss

    def forward(self, x):
        for _ in range(50):
            x = torch.relu(x * self.w + self.b) * 0.99
        return x.sum() if self.loss else x


def randn(*shape, grad=False, scale=1.0):
    return (scale * torch.randn(*shape)).requires_grad_(grad)


def shallow_gpt(layers):
    """For the time to compile: equal layers cost what one costs."""
    return Gpt(layers, width=128, heads=4, vocabulary=1000, context=64)


def tokens(vocabulary):
    return torch.randint(vocabulary, (2, 64)), torch.randint(vocabulary, (2, 64))


# Case: mode, the model and its inputs, the bytes that must move and the operations (multiply and add count two) that must be
# done, as performance.md counts them.
CASES = {
    "c1_infer": ("infer", lambda: (Chain(4096, False), (randn(4096, 4096), randn(4096, 4096))), 201.3e6, 0),
    "c1_train": ("train", lambda: (Chain(4096, True), (randn(4096, 4096, grad=True), randn(4096, 4096))), 201.3e6, 0),
    "c2_infer": ("infer", lambda: (NormGelu(1024, False), (randn(8192, 1024),)), 67.1e6, 0),
    "c2_train": ("train", lambda: (NormGelu(1024, True), (randn(8192, 1024, grad=True),)), 67.1e6, 0),
    "softmax": ("infer", lambda: (Softmax(), (randn(8192, 1024, scale=3),)), 67.1e6, 0),
    "cross_entropy": ("train", lambda: (CrossEntropy(), (randn(8192, 1024, grad=True), torch.randint(1024, (8192,)))), 67.1e6, 0),
    "cross_entropy_wide": ("train", lambda: (CrossEntropy(), (randn(256, 50257, grad=True), torch.randint(50257, (256,)))), 102.9e6, 0),
    "norm_add_relu": ("train", lambda: (NormAddRelu(64), (randn(8, 64, 56, 56, grad=True), randn(8, 64, 56, 56, grad=True))), 25.7e6, 0),
    "c3_train": ("train", lambda: (Perceptron(), (randn(64, 784), torch.randint(10, (64,)))), 0, 2.0e9),
    "c4_infer": ("infer", lambda: (ResNet18(), (randn(1, 3, 224, 224),)), 0, 3.64e9),
    "c4_train": ("train", lambda: (ResNet18(), (randn(8, 3, 224, 224),)), 0, 87e9),
    "c5_infer": ("infer", lambda: (MobileNet(), (randn(1, 3, 224, 224),)), 0, 0.44e9),
    "c5_train": ("train", lambda: (MobileNet(), (randn(8, 3, 224, 224),)), 0, 10.5e9),
    "c6_infer": ("infer", lambda: (Gpt(), (torch.randint(50257, (1, 128)), torch.randint(50257, (1, 128)))), 0, 32e9),
    "c6_train": ("train", lambda: (Gpt(), (torch.randint(50257, (2, 128)), torch.randint(50257, (2, 128)))), 0, 193e9),
    "depth2": ("train", lambda: (shallow_gpt(2), tokens(1000)), 0, 0),
    "depth24": ("train", lambda: (shallow_gpt(24), tokens(1000)), 0, 0),
    "c7_infer": ("infer", lambda: (Tiny(1024, False), (torch.rand(1024),)), 16e3, 205e3),
    "c7_train": ("train", lambda: (Tiny(1024, True), (torch.rand(1024),)), 24e3, 700e3),
}


def make(case):
    """The model, its inputs."""
    torch.manual_seed(0)
    mode, build, _, _ = CASES[case]
    model, inputs = build()
    model.train(mode == "train")
    if mode == "infer":
        model.requires_grad_(False)
    return model, inputs


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name in sys.argv[2:] or CASES:
        path = f"{folder}/{name}.pt2"
        if not os.path.exists(path):
            model, inputs = make(name)
            torch.export.save(torch.export.export(model, inputs), path)
    table = {name: {"mode": mode, "bytes": size, "operations": operations} for name, (mode, _, size, operations) in CASES.items()}
    with open(f"{folder}/cases.json", "w") as file:
        json.dump({name: row for name, row in table.items() if os.path.exists(f"{folder}/{name}.pt2")}, file, indent=1)


if __name__ == "__main__":
    main()
