#!/usr/bin/env bash
# Builds the programs of Examples/ and uses each as its users would: speaks to it, kills it, starts it again.
#
# usage: scripts/examples.sh

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
trap report_failure EXIT

step 'build of the examples' swift build --package-path Examples --quiet
step 'use of the examples' python3 scripts/lib/examples.py "$(swift build --package-path Examples --show-bin-path)"
