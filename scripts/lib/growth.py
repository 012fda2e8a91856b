"""Measures how the cost of kvbench's operations grows with threads and with keys, beside the C harness in turn.

usage: growth.py [--rounds N] [--duration SECONDS] [--most-keys N] HARNESS KVBENCH

Prints a table: operations a second and the 99th percentile of both, medians of the rounds, and the median of the ratios
in the same round. Fills of 100,000,000 keys are left out; `scripts/benchmark.sh compare` makes them.
"""

import argparse
import statistics

from compare import run

WORKERS = [1, 2, 4, 8, 16]
KEYS = [10**5, 10**6, 10**7, 10**8]


def measure(programs, arguments, rounds, folder):
    """For each program and kind of operation, the rates and 99th percentiles of the rounds."""
    found = {}
    for turn in range(rounds):
        for place in range(len(programs)):
            name, program = programs[(turn + place) % len(programs)]
            document = run(f"{program} run {arguments} --quiet", folder)
            for kind in ("write", "read"):
                if rate := document[f"{kind}s_per_second"]:
                    row = found.setdefault(kind, {}).setdefault(name, [])
                    row.append((rate, document["latency_us"][kind]["p99"]))
    return found


def row(label, kind, found):
    ratios = [ours[0] / theirs[0] for ours, theirs in zip(found["kvstore"], found["c"])]
    cells = [label, kind]
    for name in ("kvstore", "c"):
        cells += [f"{statistics.median(values):,.0f}" for values in list(zip(*found[name]))[:1]]
        cells += [f"{statistics.median(values):,.1f}" for values in list(zip(*found[name]))[1:]]
    return "| " + " | ".join([*cells, f"{statistics.median(ratios):.2f}"]) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--duration", type=float, default=3)
    parser.add_argument("--most-keys", type=int, default=KEYS[-1])
    parser.add_argument("--folder", default="/var/tmp", help="where the data goes for as long as a run takes")
    parser.add_argument("harness")
    parser.add_argument("kvbench")
    options = parser.parse_args()
    programs = [("c", options.harness), ("kvstore", options.kvbench)]
    print("| | | kvstore, ops/s | p99, us | C, ops/s | p99, us | ratio |\n|---|---|---|---|---|---|---|", flush=True)

    def report(label, arguments):
        for kind, found in measure(programs, arguments, options.rounds, options.folder).items():
            print(row(label, f"{kind}s", found), flush=True)

    for workers in WORKERS:
        arguments = f"messages --workers {workers} --duration {options.duration}"
        report(f"messages, {workers} worker{'s' if workers > 1 else ''}", arguments)
    for workload in ("fill-random", "read-random"):
        for keys in KEYS:
            # To fill 10^8 keys at random takes ten minutes for each of the two, and every round does so anew.
            if keys > options.most_keys or (workload == "fill-random" and keys > 10**7):
                continue
            limit = f"--duration {options.duration}" if workload == "read-random" else ""
            report(f"{workload}, {keys:,} keys", f"{workload} --workers 1 --keys {keys} {limit}")


if __name__ == "__main__":
    main()
