#!/usr/bin/env bash
# Builds the documentation of the library: the guide and all that is public. What DocC warns of is an error.
#
# usage: scripts/docs.sh [--output FOLDER]
#
#   --output   where it goes (default .build-docs/); to look at it, have a web server serve that folder

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/lib/symbols.sh

output=.build-docs
while (($# > 0)); do
    case $1 in
        --output) output=${2:?--output needs a folder} && shift ;;
        -h | --help) usage "$0" && exit 0 ;;
        *) fatal "unknown option $1; see scripts/docs.sh --help" ;;
    esac
    shift
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

extract_symbols "$work/symbols" "${guide_modules[@]}"
python3 scripts/lib/docs.py "$work/symbols" KVStore
rm -rf "$output"
docc convert Sources/KVStore/KVStore.docc --fallback-display-name KVStore --fallback-bundle-identifier kvstore \
    --additional-symbol-graph-dir "$work/symbols" --output-path "$output" --warnings-as-errors >"$work/log" 2>&1 ||
    fatal "the documentation cannot be built: $(cat "$work/log")"
log "the documentation is in $output"
