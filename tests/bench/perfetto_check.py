#!/usr/bin/env python3
"""Reads a trace of `aot-engine profile --perfetto` with Perfetto's own trace processor: PYTHON perfetto_check.py TRACE.json

Needs the package `perfetto`, which fetches the trace processor. Exits 1 if Perfetto finds other slices than the file has.
"""
import json
import sys

from perfetto.trace_processor import TraceProcessor


def main():
    path = sys.argv[1]
    events = json.load(open(path))["traceEvents"]
    wanted = sorted((e["name"], round(e["dur"] * 1e3)) for e in events if e["ph"] == "X")
    with TraceProcessor(trace=path) as processor:
        query = "SELECT s.name, s.dur, t.name AS thread, p.name AS process FROM slice s JOIN thread_track k ON s.track_id = k.id" \
                " JOIN thread t USING (utid) JOIN process p USING (upid)"
        rows = list(processor.query(query))
        errors = list(processor.query("SELECT name, value FROM stats WHERE severity = 'error' AND value > 0"))
    found = sorted((row.name, row.dur) for row in rows)
    tracks = sorted({(row.process, row.thread) for row in rows})
    print(f"{len(rows)} slices in {tracks}; errors: {[(e.name, e.value) for e in errors]}")
    same = len(found) == len(wanted) and all(a[0] == b[0] and abs(a[1] - b[1]) <= 2 for a, b in zip(found, wanted))
    sys.exit(not same or bool(errors))


main()
