#!/usr/bin/env bash
# Builds the programs of Examples/ and uses each as its users would: speaks to it, loads it, kills it, starts it again.
#
# usage: scripts/examples.sh

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
trap report_failure EXIT

folders=()
for package in Examples Examples/Server; do
    step "build of $package" swift build --package-path "$package" --quiet
    folders+=("$(swift build --package-path "$package" --show-bin-path)")
done
step 'use of the examples' python3 scripts/lib/examples.py "${folders[@]}"
