#!/usr/bin/env bash
# Builds kvbench for release and finds out where time, memory and disk go under a load: profiles/<UTC time>/index.html shows
# it, README.md beside it says the same in words. docs/profiling.md tells how to read them. Takes about two minutes after
# the build.
#
# usage: scripts/profile.sh [--release-engine] [--quick] [--duration SECONDS] [--workers N] [--workload NAME]
#                           [--engine NAME] [--rounds N] [--keep-data] [--out FOLDER] [OPTION VALUE...]
#        scripts/profile.sh --attach PID|STORE [--duration SECONDS] [--out FOLDER]
#        scripts/profile.sh --compare FOLDER FOLDER [--out FOLDER]
#
#   --release-engine  first build RocksDB itself for this machine (scripts/build-rocksdb.sh; takes minutes)
#   --quick           a few seconds in all: does it work, rather than how fast is it
#   --duration        how long a measured run takes (default 30 s)
#   --workers         how many threads load the store, up to 1000 (default 10)
#   --workload        what they do (default messages; kvbench list has all)
#   --engine          another database than this library, see docs/benchmarking.md
#   --rounds          how often the measured run is done (default 1)
#   --attach          instead look at a process that runs, or that has this store open, without changing it
#   --compare         instead show what changed between two profiles, and whether it is more than chance
#   --keep-data       leave the data of the last measured run in the report's folder
#   OPTION            what kvbench run takes of the load: --keys, --value-size, --mix, --set, --durability...
#   --out             where the report's folder is made (default profiles, or what KVSTORE_PROFILES names); the data is
#                     there while it runs, so it should be on a real disk
#
# Exit status: 0 when all ran and every answer was right, whatever the speed; 64 for bad usage; 1 otherwise.

set -euo pipefail
readonly caller=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh

refuse() {
    printf '==> error: %s\n' "$*" >&2
    exit 64
}

# Only what can be told without the program, so that a slip does not cost a build; it checks the rest.
check_number() {
    if [[ ! $2 =~ ^[1-9][0-9]{0,8}$ ]] || (($2 > $3)); then
        refuse "$1 takes a whole number from 1 to $3, not '$2'"
    fi
}

# A path as the caller means it, and anything else as it is.
from_caller() {
    if [[ $1 != /* && ! $1 =~ ^[0-9]+$ && -e $caller/$1 ]]; then printf '%s/%s' "$caller" "$1"; else printf '%s' "$1"; fi
}

out=${KVSTORE_PROFILES:-profiles}
release_engine=false
arguments=()
while (($# > 0)); do
    case $1 in
        --release-engine) release_engine=true ;;
        --quick | --keep-data) arguments+=("$1") ;;
        --duration | --workers | --workload | --engine | --rounds | --out | --tuning | --durability | --set | --layout | \
            --wal-sync-interval | --operations | --rate | --tasks | --namespaces | --keys | --key-size | --value-size | \
            --batch | --distribution | --mix | --scan-length | --time-to-live | --ycsb | --seed | --postgres)
            (($# > 1)) || refuse "$1 needs something behind it; see scripts/profile.sh --help"
            case $1 in
                --duration) check_number "$1" "${2%s}" 86400 ;;
                --workers) check_number "$1" "$2" 1000 ;;
                --rounds) check_number "$1" "$2" 100 ;;
            esac
            case $1 in
                --out) out=$2 ;;
                --ycsb) arguments+=("$1" "$(from_caller "$2")") ;;
                *) arguments+=("$1" "$2") ;;
            esac
            shift
            ;;
        --attach)
            (($# > 1)) || refuse "--attach needs a process or a store behind it; see scripts/profile.sh --help"
            arguments+=("$1" "$(from_caller "$2")")
            shift
            ;;
        --compare)
            (($# > 2)) || refuse "--compare needs two folders behind it; see scripts/profile.sh --help"
            arguments+=("$1" "$(from_caller "$2")" "$(from_caller "$3")")
            shift 2
            ;;
        -h | --help) usage "$0" && exit 0 ;;
        *) refuse "unknown option $1; see scripts/profile.sh --help" ;;
    esac
    shift
done
# Relative to where the caller is; the default is in this package.
[[ $out == /* || $out == profiles ]] || out=$caller/$out

# Job control gives each step a process group of its own, so that a signal ends all of it, whoever it was sent to.
set -m
child=
end_child() {
    trap '' HUP INT TERM
    if [[ -n $child ]]; then
        kill -INT -- "-$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    fi
    exit "$1"
}
trap 'end_child 129' HUP
trap 'end_child 130' INT
trap 'end_child 143' TERM

run() {
    local status=0
    "$@" </dev/null &
    child=$!
    wait "$child" || status=$?
    child=
    return "$status"
}

run scripts/bootstrap.sh
run scripts/bootstrap.sh --profile || warn "going on without; the report says what it lacks"
if $release_engine; then
    # One that was compiled by a profile stays one.
    by_profile=()
    if grep -qs '"profile_guided": true' .rocksdb/build-info.json; then by_profile=(--pgo); fi
    run scripts/build-rocksdb.sh ${by_profile[@]+"${by_profile[@]}"}
fi
log "building kvbench for release"
readonly build=(swift build -c release --product kvbench)
run "${build[@]}"
kvbench=$("${build[@]}" --show-bin-path)/kvbench

commit=$(git describe --always --dirty 2>/dev/null || echo unknown)
# It takes signals itself from here on, and leaves nothing when one ends it.
exec "$kvbench" profile --out "$out" --commit "$commit" ${arguments[@]+"${arguments[@]}"}
