"""Runs the engine's own db_bench and kvbench in turn on the same work, and prints medians and ratios.

usage: db_bench.py [--rounds N] [--keys N] [--value-size N] [--threads N] [--duration SECONDS] [--only NAME,NAME]
                   [--folder DIRECTORY] [--json FILE] KVBENCH

db_bench (Debian's rocksdb-tools) is given the options that kvbench says the engine has in effect, the same keys, sizes
and threads, and takes the time of every operation as kvbench does. Logs are not synced by either. In every round each
runs once, who begins takes turns, in a directory of its own that is gone afterwards. A ratio is the median of those of
the same round, of kvbench to db_bench; beside it stands that of the processor's time for an operation, which other work on
the machine changes less.
"""

import argparse
import json
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

# What db_bench calls it, what kvbench does, and which rate is compared. Reads are of a settled database.
WORKLOADS = {
    "fillseq": ("fill-sequential", "writes_per_second"),
    "fillrandom": ("fill-random", "writes_per_second"),
    "readrandom": ("read-random", "reads_per_second"),
    "seekrandom": ("seek-random", "reads_per_second"),
    "readwhilewriting": ("read-while-writing", "reads_per_second"),
}
ENGINES = ["kvstore", "rocksdb"]
KEY_SIZE, ENTRIES_PER_SEEK = 16, 10


def engine_options(settings):
    """db_bench's options for the settings that kvbench has read back."""
    flags = {
        "write_buffer_size": "memtableSize", "max_write_buffer_number": "maxMemtables", "cache_size": "blockCacheCapacity",
        "bloom_bits": "bloomBitsPerKey", "open_files": "maxOpenFiles", "block_restart_interval": "blockRestartInterval",
        "level0_file_num_compaction_trigger": "level0CompactionTrigger",
        "level0_slowdown_writes_trigger": "level0SlowdownTrigger", "level0_stop_writes_trigger": "level0StopTrigger",
        "bytes_per_sync": "bytesPerSync", "compression_type": "compression", "enable_pipelined_write": "pipelinedWrites",
        "use_data_block_hash_index": "dataBlockHashIndex",
    }  # fmt: skip
    options = [f"--{flag}={settings[name]}" for flag, name in flags.items()]
    return [*options, f"--max_background_jobs={int(settings['maxConcurrentCompactions']) + 1}"]


def run_db_bench(name, options, tuning, folder):
    threads = threads_of(name, options)
    command = ["db_bench", f"--db={folder}/db", "--histogram=true", *tuning]
    command += [f"--num={options.keys}", f"--key_size={KEY_SIZE}", f"--value_size={options.value_size}"]
    if name.startswith("fill"):
        command.append(f"--writes={options.keys // threads}")
    else:
        # Every key once, so that each is found, and one level, as kvbench leaves it.
        prepared = ["--threads=1", "--benchmarks=filluniquerandom,compact"]
        subprocess.run([*command, *prepared], check=True, capture_output=True)
        command += ["--use_existing_db=true", f"--duration={options.duration}", f"--seek_nexts={ENTRIES_PER_SEEK - 1}"]
        if name == "readwhilewriting":
            threads -= 1
    before = cpu_seconds()
    done = subprocess.run(
        [*command, f"--threads={threads}", f"--benchmarks={name}"], check=True, capture_output=True, text=True
    )
    used = cpu_seconds() - before
    figures = re.findall(rf"^{name} +:.* (\d+) ops/sec [\d.]+ seconds (\d+) operations", done.stdout, re.MULTILINE)
    if len(figures) != 1:
        sys.exit(f"db_bench.py: no rate in what db_bench said:\n{done.stdout}\n{done.stderr}")
    return float(figures[0][0]), 1e6 * used / float(figures[0][1])


def cpu_seconds():
    """What all processes that were started and have ended took."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run_kvbench(name, engine, options, folder):
    workload, rate = WORKLOADS[name]
    command = [options.kvbench, "run", workload, "--engine", engine, "--quiet", "--wal-sync-interval", "none"]
    command += ["--keys", str(options.keys), "--value-size", str(options.value_size)]
    command += ["--workers", str(threads_of(name, options)), "--scratch", folder, "--json", f"{folder}/result.json"]
    if not name.startswith("fill"):
        command += ["--duration", f"{options.duration}s"]
    if name == "seekrandom":
        command += ["--batch", str(ENTRIES_PER_SEEK)]
    subprocess.run(command, check=True)
    document = json.loads(Path(folder, "result.json").read_text())
    if document["errors"]:
        sys.exit(f"db_bench.py: {document['errors']} errors in {' '.join(command)}")
    return document, (document[rate], document["cpu_us_per_operation"])


def threads_of(name, options):
    """A thread of db_bench's fillseq begins at the first key, whatever the others do; one writes beside those that read."""
    return 1 if name == "fillseq" else options.threads + (name == "readwhilewriting")


def compare(name, options, tuning):
    contestants = ["db_bench", *ENGINES]
    results = {contestant: [] for contestant in contestants}
    for turn in range(options.rounds):
        shift = turn % len(contestants)
        for contestant in contestants[shift:] + contestants[:shift]:
            subprocess.run(["sync"], check=True)
            with tempfile.TemporaryDirectory(dir=options.folder) as folder:
                if contestant == "db_bench":
                    results[contestant].append(run_db_bench(name, options, tuning, folder))
                else:
                    results[contestant].append(run_kvbench(name, contestant, options, folder)[1])
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--value-size", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--duration", type=int, default=10, help="seconds that are read for")
    parser.add_argument("--only", default=",".join(WORKLOADS), help="some of " + ", ".join(WORKLOADS))
    parser.add_argument("--folder", default="/var/tmp", help="where the data goes for as long as a run takes")
    parser.add_argument("--json", help="write all rates to this file")
    parser.add_argument("kvbench")
    options = parser.parse_args()
    names = options.only.split(",")
    if not set(names) <= set(WORKLOADS):
        parser.error(f"--only takes some of {', '.join(WORKLOADS)}")
    if not shutil.which("db_bench"):
        sys.exit("db_bench.py: db_bench is missing; scripts/bootstrap.sh --tests installs it")
    # What the engine has in effect is asked of itself.
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        probe = argparse.Namespace(**{**vars(options), "keys": 1000})
        settings = run_kvbench("fillseq", "kvstore", probe, folder)[0]["engine_settings"]
    tuning = engine_options(settings)
    print("db_bench", *tuning)
    head = "".join(f"{engine + '/s':>22}{'ratio':>7}{'rounds':>14}{'CPU':>6}" for engine in ENGINES)
    print(f"{'':<18}{'db_bench/s':>22}{head}")
    rates = {}
    for name in names:
        results = rates[name] = compare(name, options, tuning)
        line = f"{name:<18}{spread(results['db_bench']):>22}"
        for engine in ENGINES:
            pairs = list(zip(results[engine], results["db_bench"]))
            ratios = [own[0] / other[0] for own, other in pairs]
            rounds = f"{min(ratios):.2f} to {max(ratios):.2f}"
            cpu = statistics.median(own[1] / other[1] for own, other in pairs)
            line += f"{spread(results[engine]):>22}{statistics.median(ratios):>7.2f}{rounds:>14}{cpu:>6.2f}"
        print(line, flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps(rates, indent=1))


def spread(figures):
    values = [rate for rate, _ in figures]
    median = statistics.median(values)
    return f"{median:,.0f} -{100 * (1 - min(values) / median):.0f}% +{100 * (max(values) / median - 1):.0f}%"


if __name__ == "__main__":
    main()
