"""Runs commands in turn, round after round, and prints the medians of what they measured and the ratios to the first.

usage: compare.py [--rounds N] [--json FILE] NAME=COMMAND...

Each command must take --json FILE and write a document with kvbench's names there. In every round each runs once, in an
order that moves on by one from round to round, in a directory of its own that is gone afterwards. The ratio of two is
the median of their ratios in the same round.
"""

import argparse
import json
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RATES = ["writes_per_second", "reads_per_second"]


def run(command, folder):
    with tempfile.TemporaryDirectory(dir=folder) as work:
        result = Path(work) / "result.json"
        subprocess.run([*shlex.split(command), "--json", str(result)], cwd=work, check=True, stdout=subprocess.DEVNULL)
        document = json.loads(result.read_text())
    if document["errors"]:
        sys.exit(f"compare.py: {document['errors']} errors in: {command}")
    return document


def spread(values):
    return f"{statistics.median(values):,.0f} ({min(values):,.0f} to {max(values):,.0f})"


def report(results):
    """A line for each contestant and each kind of operation that it did."""
    first = next(iter(results))
    lines = []
    for rate in RATES:
        for name, runs in results.items():
            values = [document[rate] for document in runs]
            if not any(values):
                continue
            ratios = [document[rate] / max(base[rate], 1e-9) for document, base in zip(runs, results[first])]
            p99 = statistics.median(document["latency_us"][rate.split("s_")[0]]["p99"] for document in runs)
            cpu = statistics.median(document["cpu_us_per_operation"] for document in runs)
            lines.append(
                f"{rate:<18} {name:<16} {spread(values):<34} x {statistics.median(ratios):.3f}"
                f"   p99 {p99:,.1f} us   CPU {cpu:.2f} us/op"
            )
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", help="write all documents to this file")
    parser.add_argument("--folder", default="/var/tmp", help="where the data goes for as long as a run takes")
    parser.add_argument("contestants", nargs="+", metavar="NAME=COMMAND")
    options = parser.parse_args()
    contestants = [text.split("=", 1) for text in options.contestants]
    results = {name: [] for name, _ in contestants}
    for turn in range(options.rounds):
        shift = turn % len(contestants)
        for name, command in contestants[shift:] + contestants[:shift]:
            results[name].append(run(command, options.folder))
    print(report(results))
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
