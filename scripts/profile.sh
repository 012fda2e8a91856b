#!/usr/bin/env bash
# Builds the release benchmark, runs the messages load with the tuning that was replaced and with the documented one,
# profiles where the CPU goes, and leaves a report in profiles/<UTC time>/.
#
# usage: scripts/profile.sh [--duration SECONDS] [--workers N] [--quick] [--keep-data] [--release-engine]
#
#   --duration        how long the measured run takes (default 30)
#   --workers         how many threads load the store (default 10)
#   --quick           a few seconds in all: does it work, rather than how fast is it
#   --keep-data       leave the store of the measured run in the report's folder
#   --release-engine  first build RocksDB itself for this machine (scripts/build-rocksdb.sh; takes minutes)
#
# KVSTORE_PROFILES names another folder for the reports and, while it runs, the data; it must be on a real disk.
# Exit status: 0 when all ran and every read was right, whatever the speed; 1 otherwise.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh

duration=30
before_duration=5
cpu_duration=10
workers=10
keep_data=false
release_engine=false
while (($# > 0)); do
    case $1 in
        --duration) duration=${2:?--duration needs seconds} && shift ;;
        --workers) workers=${2:?--workers needs a number} && shift ;;
        --quick) duration=3 before_duration=2 cpu_duration=2 ;;
        --keep-data) keep_data=true ;;
        --release-engine) release_engine=true ;;
        -h | --help) usage "$0" && exit 0 ;;
        *) fatal "unknown option $1; see scripts/profile.sh --help" ;;
    esac
    shift
done
[[ $duration =~ ^[1-9][0-9]{0,5}$ ]] || fatal "--duration takes whole seconds, not $duration"
[[ $workers =~ ^[1-9][0-9]{0,3}$ ]] || fatal "--workers takes a number from 1, not $workers"

started=$(date -u +%Y-%m-%dT%H%M%SZ)
report=${KVSTORE_PROFILES:-profiles}/$started
data=$report/data
child=
interrupted=false
finished=false

# Job control gives every child a process group of its own, which can be ended whole. The trap for a signal runs at
# once, since the script waits for its children instead of running them in the foreground.
set -m
trap 'interrupted=true; exit 129' HUP
trap 'interrupted=true; exit 130' INT
trap 'interrupted=true; exit 143' TERM
trap clean_up EXIT

run() {
    local status=0
    "$@" </dev/null &
    child=$!
    wait "$child" || status=$?
    child=
    return "$status"
}

clean_up() {
    trap '' HUP INT TERM
    if [[ -n $child ]]; then
        end_child 2>/dev/null
    fi
    if $interrupted; then
        rm -rf "$report"
        printf '==> interrupted: no process, no data and no report is left\n' >&2
    elif ! $finished || ! $keep_data; then
        rm -rf "$data"
        rmdir "$report" 2>/dev/null || true
    fi
}

# Asks the child and all that it started to end, as Ctrl-C would, and ends them after ten seconds.
end_child() {
    kill -INT -- "-$child" || true
    for ((tenths = 0; tenths < 100; tenths++)); do
        kill -0 -- "-$child" || break
        sleep 0.1
    done
    kill -KILL -- "-$child" || true
    wait "$child" || true
}

make_report_folder() {
    mkdir -p "$(dirname "$report")"
    mkdir "$report"
    local kind
    kind=$(stat -f -c %T "$report")
    [[ $kind != tmpfs && $kind != ramfs ]] ||
        fatal "$report is in memory ($kind); name a folder on a disk with KVSTORE_PROFILES"
}

# One run of the load on a fresh store; its table and its JSON go into the report.
messages() {
    local name=$1 tuning=$2 seconds=$3
    shift 3
    rm -rf "$data"
    log "messages, tuning $tuning, $seconds s, $workers workers"
    run "$@" "$kvbench" run messages --tuning "$tuning" --duration "${seconds}s" --workers "$workers" \
        --data "$data" --json "$report/$name.json" >"$report/$name.txt"
}

disk_usage() {
    printf 'KiB on disk, by database\n'
    (cd "$data" && du -k --max-depth=2 . | sort -k 2)
    printf '\nKiB on disk, by kind of file\n'
    find "$data" -type f -printf '%k %f\n' | awk '
        { kind = $2; if (kind ~ /\.(sst|log)$/) sub(/.*\./, "", kind); else sub(/[-.][0-9a-z.]+$/, "", kind) }
        { size[kind] += $1; files[kind]++ }
        END { for (kind in size) printf "%d\t%s (%d files)\n", size[kind], kind, files[kind] }' | sort -k 2
}

# A run of its own, so that the measured one does not pay for the sampling, even though that is little: six pairs of runs
# with and without it differed by less than the noise between runs of one kind.
profile_cpu() {
    local text=$report/cpu-profile.txt samples=$report/perf.data status=0
    local record=(perf record -q -e cpu-clock -F 499 --call-graph fp)
    if ! "${record[@]}" -o /dev/null -- true 2>"$report/perf.log"; then
        warn "no CPU profile: perf does not work here"
        { printf 'No CPU profile: perf does not work here. It said:\n\n' && cat "$report/perf.log"; } >"$text"
    else
        messages cpu documented "$cpu_duration" "${record[@]}" -o "$samples" -- || status=$?
        samples_as_text "$samples" >"$text" 2>>"$report/perf.log" || status=$?
    fi
    if ((status == 0)); then
        rm -f "$report/perf.log" "$report"/cpu.{txt,json}
    else
        warn "the profiled run failed; see cpu.txt and perf.log in $report"
    fi
    rm -f "$samples"
    return "$status"
}

samples_as_text() {
    local show=(perf report --stdio -q -i "$1" --no-inline -g none)
    {
        printf 'CPU samples (cpu-clock, 499 Hz) of a run of %s s of its own.\n' "$cpu_duration"
        printf '\n## By thread\n'
        "${show[@]}" --no-children --sort comm
        printf '\n## By function, without what it calls\n'
        "${show[@]}" --no-children --sort symbol --percent-limit 0.3
        printf '\n## By function, with what it calls\n'
        "${show[@]}" --children --sort symbol --percent-limit 1
    } | swift demangle | sed 's/\( *-\)* *$//' | cat -s
}

environment() {
    "$kvbench" engine --data "$report"
    printf 'processor     %s\n' "$(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -n 1)"
    printf 'file system   %s\n' "$(stat -f -c %T "$report")"
    printf 'commit        %s\n' "$(git describe --always --dirty 2>/dev/null || echo unknown)"
}

run scripts/bootstrap.sh --profile
if $release_engine; then
    run scripts/build-rocksdb.sh
fi
log "building kvbench for release"
readonly build=(swift build -c release --static-swift-stdlib --product kvbench)
run "${build[@]}"
kvbench=$("${build[@]}" --show-bin-path)/kvbench

make_report_folder
failed=false
environment >"$report/environment.txt"
messages before before "$before_duration" || failed=true
profile_cpu || failed=true
messages results documented "$duration" || failed=true
[[ -s $report/before.json && -s $report/results.json ]] ||
    fatal "a run ended without a result; see before.txt and results.txt in $report"
disk_usage >"$report/disk-usage.txt"
python3 scripts/lib/profile_report.py "$report"
finished=true
log "the report is in $report/README.md"
if $failed; then fatal "there were errors during the runs; see the report"; fi
