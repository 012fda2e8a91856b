"""Counts the instructions and allocations of an operation in Swift and of its twin in C, and compares with thresholds.

usage: counts.py PROGRAM THRESHOLDS [--check]

PROGRAM is counts of Benchmarks/, run under valgrind's callgrind. With --check the exit status is 1 when a threshold is
exceeded. What the engine does is the same on both sides, so that the difference is what the library does.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path


def measure(program, threads):
    """Rows of name, instructions an operation in C and Swift, allocations an operation in C and Swift."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        # The engine and the library have threads of their own, which work when they please.
        command = [
            "valgrind", "--tool=callgrind", "--quiet", "--instr-atstart=no",
            f"--separate-threads={'yes' if threads == 'own' else 'no'}", f"--callgrind-out-file={folder}/out",
            program, f"{folder}/data", threads,
        ]  # fmt: skip
        Path(folder, "data").mkdir()
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"counts.py: {program} failed under valgrind\n{done.stderr[-2000:]}")
        instructions = read_dumps(folder)
    rows = []
    for line in done.stdout.splitlines():
        row = json.loads(line)
        name = row["name"]
        rows.append((name, *(instructions[name, side] for side in ("c", "swift")), row["c"], row["swift"]))
    return rows


def read_dumps(folder):
    """The instructions of an operation by name and side."""
    totals, operations = defaultdict(int), defaultdict(int)
    for path in Path(folder).glob("out.*"):
        text = path.read_text()
        trigger = re.search(r"^desc: Trigger: Client Request: (.*)$", text, re.MULTILINE)
        total = re.search(r"^totals: (\d+)$", text, re.MULTILINE)
        if trigger and total:
            name, side, count = trigger[1].split("/")
            totals[name, side] += int(total[1])
            operations[name, side] += int(count)
    return {key: total / operations[key] for key, total in totals.items()}


def main():
    program, thresholds = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
    failures = []
    print(f"{'operation':<26}{'C':>10}{'Swift':>10}{'more':>9}{'limit':>8}{'allocations':>14}{'limit':>8}")
    rows = measure(program, "own") + measure(program, "all")
    for name, c, swift, c_allocations, swift_allocations in rows:
        limit = thresholds.get(name)
        if limit is None:
            sys.exit(f"counts.py: there is no threshold for '{name}' in {sys.argv[2]}")
        more = 100 * (swift / c - 1)
        ours = swift_allocations - c_allocations
        print(
            f"{name:<26}{c:>10,.0f}{swift:>10,.0f}{more:>8.1f}%{limit['percent']:>7}%"
            f"{ours:>14.2f}{limit['allocations']:>8}"
        )
        if more > limit["percent"]:
            failures.append(f"{name} takes {more:.1f}% more instructions than C, {limit['percent']}% are allowed")
        if ours > limit["allocations"] + 0.005:
            failures.append(f"{name} allocates {ours:.2f} times more than C, {limit['allocations']} are allowed")
    for name in set(thresholds) - {row[0] for row in rows}:
        failures.append(f"{name} has a threshold but was not counted")
    for failure in failures:
        print(f"exceeded: {failure}", file=sys.stderr)
    sys.exit(1 if failures and "--check" in sys.argv else 0)


if __name__ == "__main__":
    main()
