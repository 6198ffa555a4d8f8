"""The CPU compiler beside eager and torch.compile: python3 cpu_bench.py ENGINE FOLDER [--peer PYTHON] [--case NAME ...]

Each round runs the engine's benchmark (its check, then compiled against its eager) and, with --peer, a round of Python's
eager and of torch.compile in a process that stays alive: all variants alternate, so a load from outside meets them all.
Ratios are medians over rounds of ratios within a round; "one schedule" is a training step whose forward, loss and backward are
compiled as one, ours / one schedule. The models lie in FOLDER; the peer's Python makes those that are
missing (cpu_cases.py).

--keep-memory runs everything with a malloc that gives nothing back, which takes the page faults out of every variant.
The limit of a case is its bytes at the rate of --copy (GB/s of two cores, streaming) or its operations at --flops (GFLOP/s
of one core), whichever takes longer.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
KEEP = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "20000000000", "MALLOC_TOP_PAD_": "1000000000"}


def run_engine(options, case, mode, threads, environment):
    """One run of the engine's benchmark."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        command = [options.engine, "bench", f"{options.folder}/{case}.pt2", "--quiet", "--threads", str(threads), "--mode", mode,
                   "--decompositions", "fusion", "--json", out.name]
        if mode == "train":
            command += ["--loss", "output:0"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError((done.stderr or done.stdout).strip().splitlines()[-1])
        return json.load(open(out.name))


class Peer:
    """Python's eager and torch.compile on a case, in a process of its own with an empty cache of kernels."""

    def __init__(self, python, case, threads, environment):
        self.cache = tempfile.TemporaryDirectory()
        environment = environment | {"TORCHINDUCTOR_CACHE_DIR": self.cache.name, "OMP_NUM_THREADS": str(threads)}
        self.process = subprocess.Popen([python, f"{HERE}/cpu_peer.py", case, str(threads)], env=environment, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.compile_s = self.answer()["compile_s"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the peer ended; run cpu_peer.py by hand to see why")
        return json.loads(line)

    def round(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.cache.cleanup()


def spread(values):
    return f"{statistics.median(values):7.2f} [{min(values):.2f}, {max(values):.2f}]"


def limit_ms(options, case, threads):
    copy = options.copy * threads / 2
    return max(case["bytes"] / copy / 1e6, case["operations"] / (options.flops * threads) / 1e6)


def measure(options, name, case, threads):
    """Prints the case's row. Returns seconds of the first compile, from an empty cache."""
    cache = tempfile.TemporaryDirectory()
    environment = dict(os.environ) | (KEEP if options.keep_memory else {}) | {"XDG_CACHE_HOME": cache.name}
    peer = Peer(options.peer, name, threads, environment) if options.peer else None
    ours, compiles, eager, whole, python_eager, inductor = [], [], [], [], [], []
    try:
        for _ in range(options.rounds):
            bench = run_engine(options, name, case["mode"], threads, environment)
            ours.append(bench["compiled"]["median_ms"])
            compiles.append(bench["compile"]["total_ms"] / 1e3)
            eager.append(bench["eager"]["median_ms"] / ours[-1])
            if bench.get("whole_step"):
                whole.append(ours[-1] / bench["whole_step"]["median_ms"])
            if peer:
                times = peer.round()
                python_eager.append(times["eager_ms"] / ours[-1])
                inductor.append(times["inductor_ms"] / ours[-1])
    finally:
        if peer:
            peer.close()
    limit = limit_ms(options, case, threads)
    row = f"{name:19}{threads:2} {statistics.median(ours):9.3f} {100 * limit / min(ours):5.0f} %  {spread(eager)}  {statistics.median(whole) if whole else 0:6.2f}"
    if peer:
        row += f"  {spread(python_eager)}  {spread(inductor)}  {compiles[0]:6.2f} {peer.compile_s:7.1f}"
    else:
        row += f"  {compiles[0]:6.2f}"
    peaks = bench["compiled"]["peak_bytes"] / max(1, bench["eager"]["peak_bytes"])
    print(f"{row}  {bench['compiled']['kernels']:4}+{bench['compiled']['extern_calls']:<3} {peaks:5.2f}", flush=True)
    cache.cleanup()
    return compiles[0]


def cases_of(options):
    table = f"{options.folder}/cases.json"
    if options.peer:
        subprocess.run([options.peer, f"{HERE}/cpu_cases.py", options.folder, *options.case], check=True)
    elif not os.path.exists(table):
        sys.exit(f"error: {options.folder} has no models. A Python with torch 2.11 makes them: add --peer PYTHON once.")
    known = json.load(open(table))
    return {name: known[name] for name in options.case or known}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("engine")
    parser.add_argument("folder")
    parser.add_argument("--peer", help="a Python with torch 2.11")
    parser.add_argument("--case", nargs="+", default=[])
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep-memory", action="store_true")
    parser.add_argument("--copy", type=float, default=55)
    parser.add_argument("--flops", type=float, default=170)
    options = parser.parse_args()
    cases = cases_of(options)
    peers = "  Python's eager / ours   torch.compile / ours   compile s, theirs" if options.peer else "  compile s"
    print(f"case     threads   ours ms   limit  eager / ours          one schedule{peers}  kernels+calls  peak / eager's")
    compiles = {}
    for name, case in cases.items():
        for threads in options.threads:
            try:
                compiles[name] = measure(options, name, case, threads)
            except RuntimeError as error:
                print(f"{name:19}{threads:2} failed: {error}", flush=True)
    if "depth2" in compiles and "depth24" in compiles:
        print(f"24 layers compile in {compiles['depth24'] / compiles['depth2']:.2f} times the time of 2")


if __name__ == "__main__":
    main()
