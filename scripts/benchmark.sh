#!/usr/bin/env bash
# Compares the library with the same work through the engine's C API.
#
# usage: scripts/benchmark.sh compare [--rounds N] WORKLOAD [OPTION...]
#
#   compare      runs kvbench, kvbench without `update` (messages only), and the C harness of Benchmarks/ in turn, 5 rounds,
#                and prints medians and ratios to the harness. WORKLOAD is messages, fill-random, read-random or scan;
#                options are those that both take: --workers N, --duration SECONDS, --keys N, --batch N...
#
# Seconds are worth nothing on a machine that does other work meanwhile.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
trap report_failure EXIT

build() {
    swift build -c release --product kvbench --quiet
    swift build -c release --package-path Benchmarks --quiet
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

case ${1:-} in
    compare)
        shift
        step 'release build' build
        step "compare $*" compare "$@"
        ;;
    -h | --help) usage "$0" ;;
    *) fatal "nothing to do with '${1:-}'; see scripts/benchmark.sh --help" ;;
esac
