#!/usr/bin/env bash
# Checks what a program sees that depends on this package by path: it fetches what the library needs and nothing more,
# builds, links and runs with no flags of its own, and importing KVStore does not bring in the engine's C API. The
# README's examples are such a program, and the guide's.
#
# usage: scripts/check-consumer.sh

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh

work=$(mktemp -d -p "${TMPDIR:-/var/tmp}")
trap 'rm -rf "$work"' EXIT
readonly package=Tests/Consumers/PathDependency
readonly scratch=.build-consumer${KVSTORE_ENGINE:+-$KVSTORE_ENGINE}
readonly where=(--package-path "$package" --scratch-path "$PWD/$scratch")
readonly build=(swift build --quiet "${where[@]}")

# Of what only tools and tests need it fetches nothing.
fetched=$(swift package "${where[@]}" show-dependencies --format flatlist |
    grep -vixF "${PWD##*/}" | sort | paste -sd ' ')
[[ $fetched == 'swift-log swift-system' ]] ||
    fatal "who depends on this package should fetch swift-log and swift-system, but fetches: $fetched"

plan_anew "$scratch"
"${build[@]}" --product Consumer
programs=$("${build[@]}" --show-bin-path)
said=$("$programs/Consumer" "$work/store")
[[ $said == ok ]] || fatal "the consumer should print ok, but printed: $said"

# Foundation is for programs that ask for it.
foundation=$(ldd "$programs/Consumer" | awk '/Foundation/ { print $1 }' | paste -sd ' ')
[[ -z $foundation ]] || fatal "a program that imports KVStore alone should link nothing of Foundation, but links: $foundation"

if "${build[@]}" --target Leak >"$work/leak.log" 2>&1; then
    fatal "import KVStore makes the engine's C API visible: Leak compiled"
fi
if ! grep -q "cannot find 'rocksdb_options_create' in scope" "$work/leak.log"; then
    cat "$work/leak.log" >&2
    fatal "Leak should fail only because it cannot find rocksdb_options_create"
fi
# The blocks of Swift code in the README, one after another, are the program Tour.
examples=$(awk '/^```$/ { on = 0 } on; /^```swift$/ { if (blocks++) print ""; on = 1 }' README.md)
diff <(printf '%s\n' "$examples") "$package/Sources/Tour/main.swift" ||
    fatal "the examples of README.md and $package/Sources/Tour/main.swift differ; make them the same"
"${build[@]}" --product Tour
(cd "$work" && "$programs/Tour") >"$work/tour.log" || fatal "the README's examples failed: $(cat "$work/tour.log")"

# The program of the guide's first page does what the page says.
"${build[@]}" --product Notes
notes() { (cd "$work" && "$programs/Notes" "$@") || fatal "the guide's program failed: $*"; }
for number in {1..21}; do
    said=$(notes add note "$number")
    [[ $said == "added $number" ]] || fatal "the guide's program should have added note $number, but printed: $said"
done
token=$(notes list | sed -n 's/^the next ones: list //p')
[[ $(notes list "$token") == '21 note 21' ]] || fatal "the second page should be note 21, but is: $(notes list "$token")"

log "a package that depends on this one by path builds, links, runs and sees no C API"
