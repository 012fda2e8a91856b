#!/usr/bin/env bash
# Gives whatever reads bytes from disk (the file STORE, entries of the catalog, tunings, lists of backups, records of the
# log, stored values) bytes that libFuzzer makes of those in Fuzz/Corpus, with the address sanitizer. Anything may be
# refused; what ends the process, takes long or much memory, or is read as what it is not, is a finding.
#
# usage: scripts/fuzz.sh [--seconds N] [--target NAME] [--seed S]
#        scripts/fuzz.sh --target NAME --replay FILE
#
#   --seconds  for how long, all targets together (default 60)
#   --target   only this one; default all that Fuzz/Sources/Fuzz/FuzzTarget.swift has
#   --seed     repeats the choices of another run from the same inputs, which prints its seed
#   --replay   only gives a target the bytes of a file, such as those of a finding
#
# What was found to reach more of the code is kept in .build-fuzz/corpus and used by the next run. The bytes of a finding
# are left in .build-fuzz/findings, and how to replay them is printed.
#
# Exit status: 0 without a finding, 1 otherwise.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh

seconds=60
target=
seed=0
replay=
while (($# > 0)); do
    case $1 in
        --seconds) seconds=${2:?--seconds needs a number} && shift ;;
        --target) target=${2:?--target needs a name} && shift ;;
        --seed) seed=${2:?--seed needs a number} && shift ;;
        --replay) replay=${2:?--replay needs a file} && shift ;;
        -h | --help) usage "$0" && exit 0 ;;
        *) fatal "unknown option $1; see scripts/fuzz.sh --help" ;;
    esac
    shift
done
[[ $seconds =~ ^[1-9][0-9]{0,6}$ ]] || fatal "--seconds takes a number from 1, not $seconds"
[[ $seed =~ ^[0-9]{1,9}$ ]] || fatal "--seed takes a number, not $seed"
[[ -z $replay || -f $replay ]] || fatal "there is no file $replay"
[[ -z $replay || -n $target ]] || fatal "--replay needs --target"

readonly scratch=.build-fuzz
log_file=$(mktemp)
trap 'report_failure; rm -f "$log_file"' EXIT

# The compiler is told what the fuzzer has to see, and the fuzzer is linked without a main of its own: SwiftPM gives
# programs one.
build() {
    local resources runtime
    resources=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
    runtime=$(find "$resources/../clang/" -name "libclang_rt.fuzzer_no_main*.a" -print -quit)
    [[ -n $runtime ]] || fatal "the Swift toolchain has no libFuzzer: nothing like libclang_rt.fuzzer_no_main.a in $resources/../clang"
    local flags=(--package-path Fuzz --scratch-path "$scratch" --sanitize address -Xswiftc -gnone
        -Xswiftc '-sanitize-coverage=edge,trace-cmp,inline-8bit-counters,pc-table' -Xlinker "$runtime")
    plan_anew "$scratch"
    swift build --quiet "${flags[@]}" >"$log_file" 2>&1 || {
        grep -v 'Cannot export local symbol' "$log_file" >&2
        fatal 'the fuzz targets do not build'
    }
    fuzz=$(swift build "${flags[@]}" --show-bin-path)/Fuzz
}

# Swift's own report of a crash comes before libFuzzer's, which then would not keep the bytes.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=32:${ASAN_OPTIONS:-}

run_target() {
    local name=$1 share=$2 corpus=$scratch/corpus/$1 findings=$scratch/findings/$1
    mkdir -p "$corpus" "$findings"
    local options=(-max_total_time="$share" -seed="$seed" -max_len=16384 -timeout=10 -rss_limit_mb=2048
        -malloc_limit_mb=256         -print_final_stats=1 -artifact_prefix="$findings/")
    [[ ! -f Fuzz/Dictionaries/$name ]] || options+=(-dict="Fuzz/Dictionaries/$name")
    if "$fuzz" "$name" "${options[@]}" "$corpus" "Fuzz/Corpus/$name" >"$log_file" 2>&1; then
        log "$name: $(awk '
            /^INFO: Seed:/ { seed = $3 }
            /number_of_executed_units/ { runs = $2 }
            /peak_rss_mb/ { memory = $2 }
            END { printf "%s inputs, at most %s MB, seed %s", runs, memory, seed }' "$log_file")"
        return
    fi
    grep -vE '^#[0-9]+\s+(NEW|REDUCE|pulse|RELOAD)|NEW_FUNC' "$log_file" | tail -n 60 >&2
    local bytes
    bytes=$(sed -n "s/.*Test unit written to //p" "$log_file" | tail -n 1)
    fatal "a finding in $name; again: scripts/fuzz.sh --target $name --replay ${bytes:-FILE}"
}

step 'building the fuzz targets' build
mapfile -t targets < <("$fuzz" list)
if [[ -n $target ]]; then
    [[ " ${targets[*]} " == *" $target "* ]] || fatal "there is no target $target, but: ${targets[*]}"
    targets=("$target")
fi
if [[ -n $replay ]]; then
    "$fuzz" "$target" "$replay"
    exit
fi
share=$((seconds / ${#targets[@]}))
for name in "${targets[@]}"; do run_target "$name" $((share > 0 ? share : 1)); done
log "no findings in $SECONDS s"
