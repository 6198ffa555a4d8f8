#!/usr/bin/env python3
"""The table of `./dev bench gpu`: gpu_table.py FOLDER, with the peers of gpu_cases.py and our results in it.

Ours is CASE.json (CASE.BUDGET.json) of `aot-engine bench --device cuda`. The ratio is the best peer's median over ours, the
better of compiled and compiled + CUDA graph that passed its check.
"""
import json
import os
import sys


def ours(path):
    """(milliseconds, which variant, the check's word) of a result; None where there is none."""
    if not os.path.exists(path):
        return None, "-", "no result"
    with open(path) as file:
        result = json.load(file)
    variants = {}
    if result["check"]["passed"]:
        variants["compiled"] = result["compiled"]["median_ms"]
    graph = result.get("cuda_graph")
    if graph and graph["check"]["passed"]:
        variants["graph"] = graph["median_ms"]
    if not variants:
        return None, "-", "check failed"
    best = min(variants, key=variants.get)
    return variants[best], best, "passed"


def print_modes(case, rows, folder):
    for row in rows:
        medians = row["median_ms"]
        peer = min(medians, key=medians.get)
        time, variant, check = ours(os.path.join(folder, f"{case}.json"))
        shown = "-" if time is None else f"{time:.3f}"
        ratio = "-" if time is None else f"{medians[peer] / time:.2f}"
        print(f"{case:20} {row['mode']:6} {medians['eager']:9.3f} {peer:>26} {medians[peer]:9.3f} "
              f"{shown:>9} {variant:9} {ratio:>6}  {check}")


def print_budgets(case, rows, folder):
    for row in rows:
        path = os.path.join(folder, f"{case}.{row['budget']}.json")
        time, variant, check = ours(path)
        if time is None:
            print(f"{case} at {row['budget']}: {check}")
            continue
        with open(path) as file:
            peak = json.load(file)["compiled"]["peak_bytes"]
        theirs = ", ".join(f"{peer} {row['median_ms'][peer]:.1f} ms {row['peak_bytes'][peer] / 2 ** 20:.0f} MiB"
                           for peer in row["peak_bytes"])
        print(f"{case} at {row['budget']}: {time:.1f} ms ({variant}) {peak / 2 ** 20:.0f} MiB; {theirs}")


def main():
    folder = sys.argv[1]
    print(f"{'case':20} {'mode':6} {'eager':>9} {'best peer':>36} {'ours':>9} {'variant':9} {'ratio':>6}  check")
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".peers.json"):
            continue
        with open(os.path.join(folder, name)) as file:
            rows = json.load(file)
        show = print_budgets if "budget" in rows[0] else print_modes
        show(name.removesuffix(".peers.json"), rows, folder)


if __name__ == "__main__":
    main()
