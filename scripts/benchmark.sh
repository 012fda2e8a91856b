#!/usr/bin/env bash
# Compares the library with the same work through the engine's C API.
#
# usage: scripts/benchmark.sh [--check]
#        scripts/benchmark.sh time
#        scripts/benchmark.sh commits [--threads N,N...] [--rounds N] [--entries N]
#        scripts/benchmark.sh models [puts|synced|scan] [--threads N,N...] [--rounds N] [--entries N]
#        scripts/benchmark.sh tasks [--tasks N,N...] [--puts N,N...] [--rounds N]
#        scripts/benchmark.sh loads [ENTRIES [ROUNDS]]
#        scripts/benchmark.sh tuning [--rounds N] [--entries N] [--only PART-OF-NAME]
#        scripts/benchmark.sh growth [--rounds N] [--duration SECONDS] [--most-keys N]
#        scripts/benchmark.sh compare [--rounds N] WORKLOAD [OPTION...]
#        scripts/benchmark.sh db-bench [--rounds N] [--keys N] [--threads N] [--only NAME,NAME]...
#        scripts/benchmark.sh own-share [--check]
#        scripts/benchmark.sh engines VERSION,VERSION... [--rounds N] WORKLOAD [OPTION...]
#
#   (nothing)    counts instructions and allocations of single operations in Swift and in C, under valgrind, and prints
#                them beside the thresholds of Benchmarks/thresholds.json; with --check, exceeding one is an error
#   time         times reads of a million settled entries in Swift and in C, in turn; a minute or two
#   commits      times puts of 1 to 64 threads in turn, each into an empty database: through the library, and in C with the
#                engine's own writes and with pipelined ones; five minutes
#   models       times puts in C as the engine does them and as a store could have them done, in turn; the same of synced ones,
#                and scans; three minutes
#   tasks        compares synced and buffered commits of 1 to 1,000 tasks, in turn; two minutes
#   loads        times bringing two million entries in random order into an empty namespace, by puts, batches and loads that
#                sort, in turn, 5 rounds; ten minutes
#   tuning       times fills and reads of settled entries through the C API, with the documented tuning and with other options
#                of the engine in turn; three minutes or so
#   growth       runs kvbench and the C harness in turn with 1 to 16 threads and with 10^5 to 10^8 keys, 5 rounds; half an
#                hour, and 12 GiB of disk
#   compare      runs kvbench, kvbench without `update` (messages only), and the C harness of Benchmarks/ in turn, 5 rounds,
#                and prints medians and ratios to the harness. WORKLOAD is messages, fill-random, read-random or scan;
#                options are those that both take: --workers N, --duration SECONDS, --keys N, --batch N...
#   db-bench     runs the engine's own db_bench (Debian's rocksdb-tools) and kvbench in turn, 5 rounds, with the same options,
#                sizes and threads: fillseq, fillrandom, readrandom, seekrandom, readwhilewriting; ten minutes
#   own-share    counts the instructions that kvbench itself takes beside a read, under valgrind; a minute
#   engines      runs kvbench over engines that scripts/build-rocksdb.sh --version built in turn, 5 rounds, and prints
#                medians and ratios to the first. Which are alike in processor and flags: build-info.json tells
#
# Seconds are worth nothing on a machine that does other work meanwhile.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
# The C harness is compiled for the engine that is found.
unset KVSTORE_ENGINE
work=
finish() {
    report_failure
    rm -rf "$work"
}
trap finish EXIT

build_benchmarks() {
    plan_anew Benchmarks/.build
    swift build -c release --package-path Benchmarks --quiet
}

build_all() {
    swift build -c release --product kvbench --quiet
    build_benchmarks
}

# The same on every machine and at every load, which seconds are not. Not with an engine that is built for a processor
# that valgrind does not know.
count() {
    command -v valgrind >/dev/null || fatal 'valgrind is missing; scripts/bootstrap.sh --tests installs it'
    work=$(mktemp -d)
    # valgrind does not read the compiler's debug information.
    strip --strip-all -o "$work/counts" Benchmarks/.build/release/counts
    python3 scripts/lib/counts.py "$work/counts" Benchmarks/thresholds.json "$@"
}

compare() {
    local rounds=5
    if [[ ${1:-} == --rounds ]]; then
        rounds=${2:?--rounds needs a number}
        shift 2
    fi
    local workload=${1:?compare needs a workload}
    local harness=$PWD/Benchmarks/.build/release/harness kvbench=$PWD/.build/release/kvbench
    local contestants=("c=$harness run $* --quiet" "kvstore=$kvbench run $* --quiet")
    if [[ $workload == messages ]]; then
        contestants+=("kvstore-locked=$kvbench run $* --engine kvstore-locked --quiet")
    fi
    python3 scripts/lib/compare.py --rounds "$rounds" "${contestants[@]}"
}

# Each in a folder of its own: see Package.swift.
build_engines() {
    local version
    for version in "$@"; do
        [[ -f .rocksdb/$version/lib/librocksdb.a ]] ||
            fatal "RocksDB $version is not there; scripts/build-rocksdb.sh --version $version builds it"
        KVSTORE_ENGINE=$version swift build -c release --product kvbench --quiet --scratch-path ".build-release-$version"
    done
}

engines() {
    local rounds=5 contestants=() version versions
    IFS=, read -ra versions <<<"${1:?engines needs versions, as 7.8,9.11}"
    shift
    if [[ ${1:-} == --rounds ]]; then
        rounds=${2:?--rounds needs a number}
        shift 2
    fi
    : "${1:?engines needs a workload}"
    step 'release builds' build_engines "${versions[@]}"
    for version in "${versions[@]}"; do
        contestants+=("$version=$PWD/.build-release-$version/release/kvbench run $* --quiet")
    done
    step "compare $*" python3 scripts/lib/compare.py --rounds "$rounds" "${contestants[@]}"
}

growth() {
    python3 scripts/lib/growth.py "$@" "$PWD/Benchmarks/.build/release/harness" "$PWD/.build/release/kvbench"
}

case ${1:-} in
    '' | --check)
        step 'release build' build_benchmarks
        step 'instructions and allocations' count "$@"
        ;;
    time)
        step 'release build' build_benchmarks
        work=$(mktemp -d -p /var/tmp)
        step 'times of reads' Benchmarks/.build/release/counts "$work" time
        ;;
    commits)
        shift
        step 'release build' build_benchmarks
        step 'times of commits' Benchmarks/.build/release/harness commits "$@"
        ;;
    models)
        shift
        step 'release build' build_benchmarks
        step 'models in C' Benchmarks/.build/release/harness models "$@"
        ;;
    tasks)
        shift
        step 'release build' build_benchmarks
        step 'commits of tasks' Benchmarks/.build/release/tasks "$@"
        ;;
    loads)
        shift
        step 'release build' build_benchmarks
        work=$(mktemp -d -p /var/tmp)
        step 'loads' Benchmarks/.build/release/loads "$work" "$@"
        ;;
    tuning)
        shift
        step 'release build' build_benchmarks
        step 'options of the engine' Benchmarks/.build/release/harness tuning "$@"
        ;;
    growth)
        shift
        step 'release build' build_all
        step 'growth with threads and keys' growth "$@"
        ;;
    compare)
        shift
        step 'release build' build_all
        step "compare $*" compare "$@"
        ;;
    db-bench)
        shift
        step 'release build' swift build -c release --product kvbench --quiet
        step 'db_bench and kvbench' python3 scripts/lib/db_bench.py "$@" "$PWD/.build/release/kvbench"
        ;;
    own-share)
        shift
        step 'release build' build_all
        step "kvbench's own share of a read" python3 scripts/lib/own_share.py "$@" Benchmarks/.build/release/harness \
            .build/release/kvbench
        ;;
    engines)
        shift
        engines "$@"
        ;;
    -h | --help) usage "$0" ;;
    *) fatal "nothing to do with '${1:-}'; see scripts/benchmark.sh --help" ;;
esac
