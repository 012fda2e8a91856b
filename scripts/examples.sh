#!/usr/bin/env bash
# Builds the programs of Examples/ and uses each as its users would: speaks to it, loads it, kills it, starts it again.
#
# usage: scripts/examples.sh [--without-server]
#
#   --without-server   not the service over HTTP, whose dependencies take minutes to build

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
trap report_failure EXIT

packages=(Examples Examples/Server)
case ${1:-} in
    '') ;;
    --without-server) packages=(Examples) ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) fatal "unknown option $1; see scripts/examples.sh --help" ;;
esac

folders=()
for package in "${packages[@]}"; do
    plan_anew "$package/.build"
    step "build of $package" swift build --package-path "$package" --quiet
    folders+=("$(swift build --package-path "$package" --show-bin-path)")
done
step 'use of the examples' python3 scripts/lib/examples.py "${folders[@]}"
