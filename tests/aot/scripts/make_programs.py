#!/usr/bin/env python3
"""Writes into each text of tests/aot/programs what PyTorch 2.11's AOTAutograd makes of its program:
the forward metadata and the joint graph (the forward graph where there is no backward).

    python tests/aot/scripts/make_programs.py [name ...]

The language is described in tests/aot/program_text.h. A text with a first line "# ours" is left
alone: what PyTorch does there is wrong or impossible, and the text says why.
"""
import contextlib
import pathlib
import re
import sys

import torch
import torch._functorch._aot_autograd.schemas as schemas
from functorch.compile import aot_function, default_partition

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "programs"
DTYPES = {"f32": torch.float32, "f64": torch.float64, "i64": torch.int64, "bf16": torch.bfloat16,
          "bool": torch.bool, "i32": torch.int32, "f16": torch.float16}
DTYPE_NAMES = {dtype: name for name, dtype in DTYPES.items()}
FORMATS = {"channels_last": torch.channels_last, "contiguous_format": torch.contiguous_format}


def split_list(text):
    parts, depth, current = [], 0, ""
    for char in text:
        depth += {"[": 1, "]": -1}.get(char, 0)
        if char == "," and depth == 0:
            parts.append(current.strip())
            current = ""
        else:
            current += char
    parts.append(current.strip())
    return [part for part in parts if part]


def literal(word, values):
    if word.startswith("["):
        return [literal(part, values) for part in split_list(word[1:-1])]
    if word in ("True", "False", "None"):
        return {"True": True, "False": False, "None": None}[word]
    if re.match(r"-?\d", word):
        return float(word) if re.search(r"[.e]", word) else int(word)
    if word.startswith("'"):
        return word[1:-1]
    if word in FORMATS:
        return FORMATS[word]
    return DTYPES[word] if word in DTYPES else values[word]


def contiguous_strides(sizes):
    strides, step = [], 1
    for size in reversed(sizes):
        strides.insert(0, step)
        step *= max(size, 1)
    return strides


class Program:
    def __init__(self, text):
        self.statements = [line.split("#")[0].strip() for line in text.splitlines()]
        self.statements = [s for s in self.statements if s]
        self.inputs = [s.split(None, 1)[1] for s in self.statements if s.split()[0] in ("input",)]
        for statement in self.statements:
            assert statement.split()[0] not in ("param", "buffer", "update"), "inputs only"

    def make_inputs(self):
        """Tensors as the text describes them; those of one storage are views of one base."""
        described = {}
        for text in self.inputs:
            name, dtype, sizes, flags = re.match(r"(\w+) (\w+)\[([\d, ]*)\](.*)", text).groups()
            sizes = [int(s) for s in sizes.split(",") if s.strip()]
            strides = re.search(r"strides=\[([^\]]*)\]", flags)
            described[name] = dict(
                dtype=DTYPES[dtype], sizes=sizes,
                strides=[int(s) for s in strides[1].split(",")] if strides
                else contiguous_strides(sizes),
                offset=int((re.search(r"offset=(\d+)", flags) or [0, 0])[1]),
                storage=(re.search(r"\bin=(\w+)", flags) or [0, name])[1],
                same=(re.search(r"same=(\w+)", flags) or [0, None])[1],
                grad=bool(re.search(r"\bgrad\b", flags)), leaf=bool(re.search(r"\bleaf\b", flags)))
        for each in described.values():
            owner = described[each["storage"]]
            last = each["offset"] + sum((n - 1) * s for n, s in zip(each["sizes"], each["strides"]))
            owner["elements"] = max(owner.get("elements", 0), last + 1)
            owner["members"] = owner.get("members", 0) + 1
        bases, made = {}, {}
        for name, each in described.items():
            if each["same"]:
                made[name] = made[each["same"]]
                continue
            owner = described[each["storage"]]
            if each["storage"] not in bases:
                flat = torch.ones(owner["elements"], dtype=owner["dtype"])
                if owner["grad"]:
                    flat = flat.requires_grad_().clone()
                bases[each["storage"]] = flat
            base = bases[each["storage"]]
            if owner["members"] == 1 and each["grad"]:
                leaf = base.detach().as_strided(each["sizes"], each["strides"], each["offset"])
                made[name] = leaf.requires_grad_().clone()
            else:
                view = base.as_strided(each["sizes"], each["strides"], each["offset"])
                alone = owner["members"] == 1
                made[name] = view.detach().requires_grad_(each["leaf"]) if alone else view
        return [made[name] for name in described]

    def run(self, *inputs):
        values = dict(zip([text.split()[0] for text in self.inputs], inputs))
        with contextlib.ExitStack() as stack:
            return self.execute(values, stack)

    def execute(self, values, stack):
        regions = []
        for statement in self.statements:
            word = statement.split()[0]
            if word == "input":
                continue
            if word in ("no_grad", "enable_grad"):
                regions.append(torch.set_grad_enabled(word == "enable_grad"))
                regions[-1].__enter__()
            elif word == "}":
                regions.pop().__exit__(None, None, None)
            elif word == "return":
                return [values[name] for name in split_list(statement[len("return"):])]
            else:
                self.call(statement, values)
        return []

    @staticmethod
    def call(statement, values):
        results, target, arguments = re.match(r"(.*?) = ([\w.]+)\((.*)\)$", statement).groups()
        op = torch.ops
        for part in target.split("."):
            op = getattr(op, part)
        positional, named = [], {}
        for word in split_list(arguments):
            name = re.match(r"(\w+)=(.*)$", word)
            if name:
                named[name[1]] = literal(name[2], values)
            else:
                positional.append(literal(word, values))
        made = op(*positional, **named)
        names = split_list(results[1:-1] if results.startswith("[") else results)
        if len(names) == 1 and isinstance(made, torch.Tensor):
            made = [made]
        values.update(zip(names, made))


def argument_text(value):
    if isinstance(value, torch.fx.Node):
        return value.name
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(argument_text(v) for v in value) + "]"
    if isinstance(value, torch.dtype):
        return "dtype:" + DTYPE_NAMES[value]
    if isinstance(value, torch.memory_format):
        return "memory_format:" + str(value).removeprefix("torch.")
    if isinstance(value, torch.device):
        return "device:" + str(value)
    if isinstance(value, torch.layout):
        return "layout:strided"
    return str(value)


def graph_lines(module):
    lines = []
    for node in module.graph.nodes:
        if node.op == "call_function":
            is_op = hasattr(node.target, "_schema")
            target = "aten." + node.target.__name__ if is_op else node.target.__name__
            arguments = [argument_text(a) for a in node.args]
            arguments += [f"{k}={argument_text(v)}" for k, v in node.kwargs.items()]
            lines.append(f"{node.name} = {target}({', '.join(arguments)})")
        elif node.op == "output":
            lines.append("-> " + ", ".join(argument_text(a) for a in node.args[0]))
    return "\n".join(lines) + "\n"


def tensor_text(tensor):
    sizes = ", ".join(str(s) for s in tensor.shape)
    strides = list(tensor.stride())
    plain = strides == contiguous_strides(list(tensor.shape))
    return f"{DTYPE_NAMES[tensor.dtype]}[{sizes}]" + (
        "" if plain else "{" + ", ".join(str(s) for s in strides) + "}")


def metadata_text(meta, is_train):
    lines = ["training" if is_train else "inference"]
    for i, info in enumerate(meta.input_info):
        words = [info.mutation_type.name]
        words += ["data"] * info.mutates_data + ["metadata"] * info.mutates_metadata
        words += ["storage"] * info.mutates_storage_metadata
        words += ["hidden"] * (info.mutates_data and info.mutations_hidden_from_autograd)
        words += ["no_grad"] * info.mutations_under_no_grad_or_inference_mode
        words += ["non_leaf"] * (not info.is_leaf) + ["requires_grad"] * info.requires_grad
        lines.append(f"input {i}: " + " ".join(words))
    for i, info in enumerate(meta.output_info):
        words = [info.output_type.name] + ([str(info.base_idx)] if info.base_idx is not None else [])
        words += ["requires_grad"] * info.requires_grad
        lines.append(f"output {i}: " + " ".join(words))
    if is_train:
        for i, tangent in enumerate(meta.traced_tangents):
            lines.append(f"tangent {i}: {tensor_text(tangent)} {meta.traced_tangents_descs[i]}")
    if meta.num_intermediate_bases:
        lines.append(f"intermediate bases: {meta.num_intermediate_bases}")
    if meta.grad_enabled_mutation is not None:
        lines.append("grad mode after: " + ("on" if meta.grad_enabled_mutation else "off"))
    return "\n".join(lines) + "\n"


def capture(program):
    """(metadata, joint) as texts."""
    seen = {"metas": []}
    original = schemas.ViewAndMutationMeta.__post_init__

    def note(meta):
        original(meta)
        seen["metas"].append(meta)

    def note_metadata(module, is_train):
        """Wrappers make further metadata; the traced graph's own is the last that counts as it
        does. Later PyTorch empties its list of tangents."""
        names = [node.name for node in module.graph.nodes if node.op == "placeholder"]
        tangents = sum(name.startswith("tangents") for name in names)
        meta = [m for m in seen["metas"] if len(m.input_info) == len(names) - tangents
                and (not is_train or len(m.traced_tangents) == tangents)][-1]
        seen["metadata"] = metadata_text(meta, is_train)

    def partition(module, inputs, *, num_fwd_outputs, **options):
        seen["joint"] = graph_lines(module)
        note_metadata(module, True)
        return default_partition(module, inputs, num_fwd_outputs=num_fwd_outputs, **options)

    def compile_forward(module, inputs):
        if "joint" not in seen:
            seen["joint"] = graph_lines(module)
            note_metadata(module, False)
        return module

    schemas.ViewAndMutationMeta.__post_init__ = note
    try:
        compiled = aot_function(program.run, fw_compiler=compile_forward,
                                bw_compiler=lambda module, inputs: module,
                                partition_fn=partition, keep_inference_input_mutations=True)
        compiled(*program.make_inputs())
    finally:
        schemas.ViewAndMutationMeta.__post_init__ = original
    return seen["metadata"], seen["joint"]


def main():
    wanted = sys.argv[1:]
    for path in sorted(FOLDER.glob("*.txt")):
        if wanted and path.stem not in wanted:
            continue
        text = path.read_text()
        if text.startswith("# ours"):
            continue
        program = text.split("--- metadata\n")[0]
        try:
            metadata, joint = capture(Program(program))
        except Exception as error:  # the text stays as it is
            print(f"{path.stem}: {type(error).__name__}: {str(error).splitlines()[0]}")
            continue
        path.write_text(f"{program}--- metadata\n{metadata}--- joint\n{joint}")


if __name__ == "__main__":
    main()
