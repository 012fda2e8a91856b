"""Counts the instructions that kvbench takes beside a read: for the key, the check of the value, the clock and the histogram.

usage: own_share.py [--check] HARNESS KVBENCH

Both read at random from a settled database of 1,000 keys in one thread, under valgrind's callgrind, once with few and once
with many operations: the difference is what an operation takes. HARNESS is that of Benchmarks/, the same work in C; kvbench
does it through the engine's C API as the harness does, so that the rest is its own. With --check the exit status is 1 when
that is more than the limit.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

FEW, MANY, LIMIT = 20_000, 60_000, 165


def count(program, options, operations):
    """The instructions of the thread that took most: the worker's."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        valgrind = ["valgrind", "--tool=callgrind", "--separate-threads=yes", f"--callgrind-out-file={folder}/out"]
        command = [program, "run", "read-random", "--keys", "1000", "--workers", "1", "--quiet", *options]
        command += ["--operations", str(operations), "--data", f"{folder}/data"]
        done = subprocess.run([*valgrind, *command], check=False, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"own_share.py: {command} failed under valgrind\n{done.stderr[-2000:]}")
        totals = [re.search(r"^totals: (\d+)$", path.read_text(), re.MULTILINE) for path in Path(folder).glob("out-*")]
        return max(int(total[1]) for total in totals if total)


def main():
    programs = [argument for argument in sys.argv[1:] if argument != "--check"]
    if len(programs) != 2:
        sys.exit(__doc__)
    figures = []
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        for program, copy in zip(programs, ("harness", "kvbench")):
            # valgrind does not read the compiler's debug information.
            subprocess.run(["strip", "--strip-debug", "-o", f"{folder}/{copy}", program], check=True)
        for name, program, options in [
            ("C", "harness", []), ("kvbench, C API", "kvbench", ["--engine", "rocksdb"]), ("kvbench, library", "kvbench", [])
        ]:  # fmt: skip
            few, many = (count(f"{folder}/{program}", options, operations) for operations in (FEW, MANY))
            figures.append((many - few) / (MANY - FEW))
            print(f"{name:<20}{figures[-1]:>12,.1f} instructions a read", flush=True)
    own = figures[1] - figures[0]
    print(f"{'kvbench beside C':<20}{own:>12,.1f}, at most {LIMIT}")
    if "--check" in sys.argv and own > LIMIT:
        sys.exit(1)


if __name__ == "__main__":
    main()
