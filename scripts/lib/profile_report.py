"""Turns what scripts/profile.sh measured into README.md and memory.csv, and prints the summary.

usage: profile_report.py FOLDER
"""

import csv
import json
import sys
from pathlib import Path

# The seed document's figures: another store, another machine, and through HTTP.
SEED_BEFORE = 259
SEED_AFTER = 38_500
SEED_RATIO = 148
EXPECTED = [
    ("writes", "writes_per_second", 40_000),
    ("reads", "reads_per_second", 4_000),
    ("operations", "operations_per_second", 38_000),
]
MIB = 1 << 20


def table(rows):
    """The rows as text: the first column to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]).rstrip()
        for row in rows
    )


def summary(before, after):
    """Both runs and their ratio beside the seed's, and each expected result with whether it was reached."""
    ratio = after["operations_per_second"] / max(before["operations_per_second"], 1e-9)
    runs = table(
        [
            ["operations/s", "seed document", "here"],
            ["before (every commit synced)", f"{SEED_BEFORE:,}", f"{before['operations_per_second']:,.0f}"],
            ["documented tuning", f"{SEED_AFTER:,}", f"{after['operations_per_second']:,.0f}"],
            ["ratio", f"{SEED_RATIO} x", f"{ratio:,.1f} x"],
        ]
    )
    rows = [["expected of the documented tuning", "", "here", ""]]
    for name, key, threshold in EXPECTED:
        reached = "reached" if after[key] > threshold else "not reached"
        rows.append([f"{name}/s", f"> {threshold:,}", f"{after[key]:,.0f}", reached])
    errors = before["errors"] + after["errors"]
    return f"{runs}\n\n{table(rows)}\n\nerrors: {errors:,}"


def latencies(result):
    """The percentiles of each kind of operation, in microseconds."""
    names = ["p50", "p90", "p99", "p999", "max", "mean"]
    rows = [["microseconds"] + names]
    for kind, values in result["latency_us"].items():
        if values:
            rows.append([kind] + [f"{values[name]:,.0f}" for name in names])
    return table(rows)


def series_rows(series):
    """One row for each sample: the rates since the sample before, and the state at its moment."""
    rows = []
    earlier = {"t": 0.0, "writes": 0, "reads": 0}
    for sample in series:
        span = max(sample["t"] - earlier["t"], 1e-9)
        rows.append(
            {
                "seconds": round(sample["t"], 3),
                "writes_per_second": round((sample["writes"] - earlier["writes"]) / span),
                "reads_per_second": round((sample["reads"] - earlier["reads"]) / span),
                "rss_bytes": sample["rss_bytes"],
                "l0_files": sample["l0_files"],
                "pending_compaction_bytes": sample["pending_compaction_bytes"],
            }
        )
        earlier = sample
    return rows


def over_time(rows):
    """At most a dozen of the rows, as text."""
    every = max(1, len(rows) // 12)
    lines = [["seconds", "writes/s", "reads/s", "memory MiB", "L0 files", "pending MiB"]]
    for row in rows[every - 1 :: every][:12]:
        lines.append(
            [
                f"{row['seconds']:.0f}",
                f"{row['writes_per_second']:,}",
                f"{row['reads_per_second']:,}",
                f"{row['rss_bytes'] / MIB:,.0f}",
                f"{row['l0_files']}",
                f"{row['pending_compaction_bytes'] / MIB:,.0f}",
            ]
        )
    return table(lines)


def main():
    folder = Path(sys.argv[1])
    before = json.loads((folder / "before.json").read_text())
    after = json.loads((folder / "results.json").read_text())
    rows = series_rows(after["series"])
    with open(folder / "memory.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else ["seconds"])
        writer.writeheader()
        writer.writerows(rows)

    cpu = (folder / "cpu-profile.txt").read_text().splitlines()
    overview = summary(before, after)
    sections = [
        ("Result", overview),
        ("Latency, documented tuning", latencies(after)),
        ("Latency, before", latencies(before)),
        (
            f"Over time (memory.csv has every sample; peak memory {after['peak_rss_bytes'] / MIB:,.0f} MiB)",
            over_time(rows),
        ),
        (f"CPU ({after['cpu_us_per_operation']:,.1f} microseconds an operation; cpu-profile.txt has more)",
         "\n".join(line[:120] for line in cpu[:40])),
        ("Disk", (folder / "disk-usage.txt").read_text().rstrip()),
        ("Environment", (folder / "environment.txt").read_text().rstrip()),
    ]
    title = (
        f"# messages, {after['workers']} workers: {after['seconds']:.0f} s documented,"
        f" {before['seconds']:.0f} s before, {folder.name}"
    )
    notes = (
        "The seed's figures are of another store on another machine and went through HTTP: compare ratios. Here commits\n"
        "that wait together share one sync, with the old tuning too, which makes the ratio smaller than the seed's.\n"
        "results.txt and before.txt are the benchmark's own tables, results.json and before.json its documents."
    )
    text = "\n\n".join([title, notes] + [f"## {name}\n\n```\n{body}\n```" for name, body in sections])
    (folder / "README.md").write_text(text + "\n")
    print(f"\n{overview}\n")


if __name__ == "__main__":
    main()
