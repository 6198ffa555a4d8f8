#!/usr/bin/env python3
"""Makes the goldens of tests/oracle/goldens from the full ones that make_goldens.py writes.

  shrink_goldens.py FULL_GOLDENS_FOLDER OUT_FOLDER

Keeps what our tests read: the header, the eager run, and of each kept capture the joint graph, the metadata, the
min-cut's inputs and the partitions without the checksums of saved tensors. Writes <name>.json.gz, without time stamps,
so that a second run makes the same bytes.
"""
import gzip
import json
import os
import sys

DROP_FILE = ("inference_graph", "export_joint", "self_check", "timings", "parameters", "buffers_before")
DROP_CAPTURE = ("tangents", "forward_outputs", "backward_outputs")


def shrink(golden):
    small = {k: v for k, v in golden.items() if k not in DROP_FILE}
    small["captures"] = {k: capture(c) for k, c in golden["captures"].items()}
    return small


def capture(full):
    small = {k: v for k, v in full.items() if k not in DROP_CAPTURE}
    small["variants"] = {name: {k: v for k, v in variant.items() if k != "saved_checksums"}
                         for name, variant in full["variants"].items()}
    return small


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, target = sys.argv[1:]
    os.makedirs(target, exist_ok=True)
    for file in sorted(os.listdir(source)):
        name = file.removesuffix(".json")
        if name in ("summary", "timings") or name == file:
            continue
        with open(os.path.join(source, file)) as f:
            text = json.dumps(shrink(json.load(f)), separators=(",", ":"))
        with open(os.path.join(target, file + ".gz"), "wb") as f:
            with gzip.GzipFile(filename="", mode="wb", fileobj=f, mtime=0, compresslevel=9) as z:
                z.write(text.encode())


if __name__ == "__main__":
    main()
