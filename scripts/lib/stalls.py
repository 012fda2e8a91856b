"""Tells from the document of a long run whether writes ever stalled, and draws the rate over time.

usage: stalls.py RESULT.json [--window SECONDS]

The rate of every window (10 s) is compared with the median of all: the slowest must be at least a third of it, else the
exit status is 1. The document is one of kvbench run ... --json.
"""

import argparse
import json
import statistics
import sys


def rates(series, window):
    """The writes a second of each whole window, with the files in level 0 at its end."""
    found, start, last = [], 0.0, 0
    for sample in series:
        if sample["t"] - start >= window:
            found.append((sample["t"], (sample["writes"] - last) / (sample["t"] - start), sample["l0_files"]))
            start, last = sample["t"], sample["writes"]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("result")
    parser.add_argument("--window", type=float, default=10)
    options = parser.parse_args()
    with open(options.result) as file:
        document = json.load(file)
    windows = rates(document["series"], options.window)
    if len(windows) < 3:
        sys.exit("stalls.py: the run is too short for three windows")
    median = statistics.median(rate for _, rate, _ in windows)
    slowest = min(windows, key=lambda window: window[1])
    highest = max(rate for _, rate, _ in windows)
    for time, rate, files in windows:
        print(f"{time:7.0f} s {rate:10,.0f}/s {files:3} L0 {'#' * round(60 * rate / highest)}")
    share = slowest[1] / median
    print(
        f"{document['writes']:,} writes, {document['disk_bytes'] / 2**30:.1f} GiB on disk, {document['errors']} errors; "
        f"median {median:,.0f}/s, slowest {options.window:g} s {slowest[1]:,.0f}/s at {slowest[0]:.0f} s: {share:.2f} of it"
    )
    sys.exit(0 if share >= 1 / 3 and document["errors"] == 0 else 1)


if __name__ == "__main__":
    main()
