#!/usr/bin/env bash
# Does random operations to stores of many configurations and to a model of them in memory, and demands that they agree;
# kills processes that work on a store now and then. A divergence is printed with its seed and a history made short.
#
# usage: scripts/model.sh [--operations N] [--minutes N] [--seed S] [--setups NAME,NAME...]
#                         [--without KIND,KIND...]
#        scripts/model.sh --replay FILE
#
#   --operations  how many in all (default 10000000)
#   --minutes     at most so many minutes
#   --seed        repeats another run, which prints its seed
#   --setups      only these configurations; default all that Tests/ModelKit/Checking/Setup.swift has
#   --without     leaves out these kinds of operations, such as: ingest,repair; to go on beside what was found
#   --replay      plays the history of a file, as a divergence prints it
#
# Builds in release mode. The stores are in KVSTORE_TEST_FOLDER, else in memory (/dev/shm): nothing that is checked here
# needs a disk.
#
# Exit status: 0 when all agreed, 1 otherwise.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh

arguments=()
replay=
operations=10000000
while (($# > 0)); do
    case $1 in
        --operations) operations=${2:?--operations needs a number} && shift ;;
        --minutes | --seed | --setups | --without) arguments+=("$1" "${2:?$1 needs a value}") && shift ;;
        --replay) replay=${2:?--replay needs a file} && shift ;;
        -h | --help) usage "$0" && exit 0 ;;
        *) fatal "unknown option $1; see scripts/model.sh --help" ;;
    esac
    shift
done
[[ $operations =~ ^[1-9][0-9]{0,11}$ ]] || fatal "--operations takes a number from 1, not $operations"

scripts/bootstrap.sh
log 'building'
swift build -c release --product ModelChecker --quiet
checker=$(swift build -c release --product ModelChecker --show-bin-path)/ModelChecker
if [[ -n $replay ]]; then exec "$checker" replay --file "$replay"; fi
exec "$checker" run --operations "$operations" "${arguments[@]}"
