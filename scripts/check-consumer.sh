#!/usr/bin/env bash
# Checks what a program sees that depends on this package by path: it builds, links and runs with no flags of its own,
# and importing KVStore does not bring in the engine's C API.
#
# usage: scripts/check-consumer.sh

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
readonly build=(swift build --quiet --package-path Tests/Consumers/PathDependency --scratch-path .build-consumer)

"${build[@]}" --product Consumer
said=$("$("${build[@]}" --show-bin-path)/Consumer" "$work/store")
[[ $said == ok ]] || fatal "the consumer should print ok, but printed: $said"

if "${build[@]}" --target Leak >"$work/leak.log" 2>&1; then
    fatal "import KVStore makes the engine's C API visible: Leak compiled"
fi
if ! grep -q "cannot find 'rocksdb_options_create' in scope" "$work/leak.log"; then
    cat "$work/leak.log" >&2
    fatal "Leak should fail only because it cannot find rocksdb_options_create"
fi
log "a package that depends on this one by path builds, links, runs and sees no C API"
