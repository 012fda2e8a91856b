#!/usr/bin/env bash
# Harms stores for minutes on end: kills their writers, cuts the power of their disks, fails their system calls, fills
# their disks, damages their files, opens them again and again, does all that can be done to them at once, forks, makes
# copies where they are in the way; and checks each time what is left. Needs root for the disks.
#
# usage: scripts/torture.sh [--minutes N] [--seed S] [--scenarios NAME,NAME...] [--gathering]
#
#   --minutes    how long in all (default 30)
#   --seed       repeats the choices of another run, which prints its seed
#   --scenarios  only these (default: kill, cut-ext4, cut-xfs, cut-btrfs, cut-below, errors, full, rot, openings, stress,
#                fork, places, rot-metadata, repairs)
#   --gathering  commits gather in front of the engine in all runs that write; otherwise in a third of them
#
# Exit status: 0 when nothing was violated, 1 otherwise. The table at the end has what was tried.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh

minutes=30
seed=
scenarios=kill,cut-ext4,cut-xfs,cut-btrfs,cut-below,errors,full,rot,openings,stress,fork,places,rot-metadata,repairs
while (($# > 0)); do
    case $1 in
        --minutes) minutes=${2:?--minutes needs a number} && shift ;;
        --seed) seed=${2:?--seed needs a number} && shift ;;
        --scenarios) scenarios=${2:?--scenarios needs names} && shift ;;
        --gathering) export KVSTORE_FAULT_GATHERING=1 ;;
        -h | --help) usage "$0" && exit 0 ;;
        *) fatal "unknown option $1; see scripts/torture.sh --help" ;;
    esac
    shift
done
[[ $minutes =~ ^[1-9][0-9]{0,3}$ ]] || fatal "--minutes takes a number from 1, not $minutes"

scripts/bootstrap.sh --tests
log 'building'
warnings_are_errors
swift build --build-tests --scratch-path .build-test --quiet
programs=$(swift build --build-tests --scratch-path .build-test --show-bin-path)
log "$minutes minutes of $scenarios"
exec "$programs/FaultWriter" run --scenarios "$scenarios" --minutes "$minutes" ${seed:+--seed "$seed"}
