#!/usr/bin/env bash
# Runs the whole test suite from a clean clone: formatting, layout rules, a build in which warnings are errors,
# the tests, a package that depends on this one, and one that turns all of its traits on.
#
# usage: scripts/test.sh [--engine VERSION] [--quick] [--sanitize address|thread] [--filter REGEX]
#
#   --engine     with this version of RocksDB, as 9.11: the installed package if it is of it, else one that is built for the
#                purpose (scripts/build-rocksdb.sh --version), where it is missing. In a build folder of its own
#   --quick      only lint, build and test, and without the fault and model tests, which take minutes; with --engine only
#                build and test, and of the tests those suites in which versions of the engine have differed, or may
#   --sanitize   only the tests, built with this sanitizer in a folder of their own, and without the fault tests, which
#                preload a library into the processes that they kill
#   --filter     only the tests whose name matches; goes to swift test as it is

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh

quick=false
engine=
sanitizer=
chosen=0
filters=()
while (($# > 0)); do
    case $1 in
        --engine) engine=${2:?--engine needs a version, as 9.11} && shift ;;
        --quick) quick=true ;;
        --sanitize) sanitizer=${2:?--sanitize needs address or thread} && shift ;;
        --filter) chosen=1 filters+=(--filter "${2:?--filter needs a pattern}") && shift ;;
        -h | --help) usage "$0" && exit 0 ;;
        *) fatal "unknown option $1; see scripts/test.sh --help" ;;
    esac
    shift
done

warnings_are_errors
build_flags=()
quiet=()
[[ -t 1 ]] || quiet=(--quiet)
scratch=.build-test
case $sanitizer in
    '') ;;
    address)
        scratch=.build-asan
        build_flags+=(--sanitize address)
        export LSAN_OPTIONS="suppressions=$PWD/Tests/Sanitizers/leak.supp:print_suppressions=0:${LSAN_OPTIONS:-}"
        # Memory that was freed is kept for a while; not so much that tests take it for a leak of ours.
        export ASAN_OPTIONS="quarantine_size_mb=8:${ASAN_OPTIONS:-}"
        ;;
    thread)
        scratch=.build-tsan
        build_flags+=(--sanitize thread)
        export TSAN_OPTIONS="suppressions=$PWD/Tests/Sanitizers/thread.supp:print_suppressions=0:${TSAN_OPTIONS:-}"
        ;;
    *) fatal "--sanitize takes address or thread, not $sanitizer" ;;
esac
[[ -z $engine || $engine =~ ^([0-9]+\.[0-9]+)(\.[0-9]+)?$ ]] || fatal "--engine takes a version such as 9.11, not $engine"
readonly release=${engine:+${BASH_REMATCH[1]}}
# What is the same over every engine is not looked at again.
lint=true
if [[ -n $sanitizer ]] || { $quick && [[ -n $engine ]]; }; then lint=false; fi
if $quick || [[ -n $sanitizer ]]; then filters+=(--skip '^FaultTests\.'); fi
if $quick; then filters+=(--skip '^ModelTests\.'); fi
# For the other layout: the tests of the library, since the rest choose the layouts themselves.
layout_filters=("${filters[@]}" --skip '^(?!KVStoreTests\.)')
if $quick && [[ -n $engine ]] && ((!chosen)); then
    # What reads and writes the engine's files, or tells what is wrong with them.
    both='ReadingAndWriting|Cursor|Snapshot|DeleteRange|BatchAtomicity|Update|Transaction|Merge|TimeToLive|Changes|Ingest'
    both+='|FirstLoad|Checkpoint|Backup|Repair|RepairOfOneDatabase|Verification|Compaction|DamagedScan|LostDatabase'
    both+='|NamespaceLifecycle|NamespaceRecovery|NamespaceTuning|Layout|Reopening|UnloggedCommit|ReadingBesideAWriter'
    # What chooses the layouts itself, or is about no files.
    one='Conformance|KeptStore|EngineExchange|EngineInfo|EngineTools|StoreCopy|OpeningTwice|UnreadableFile|InMemory'
    one+='|AllocatedSpace|InsertHint|RefusedConfiguration|TuningDefaults|TuningReadBack|GetMany|PinnedValue|SyncedCommit'
    filters+=(--filter "^KVStoreTests\.($both|$one)Tests/")
    layout_filters+=(--filter "^KVStoreTests\.($both)Tests/")
fi
readonly lint

log_file=$(mktemp)
# Seconds that only tests that hang take, in one layout.
patience=3000
[[ -z $sanitizer ]] || patience=9000
readonly patience
# What failed is said once more at the end: of a long log, that is what gets read, or kept.
finish() {
    local status=$?
    if ((status != 0)); then
        grep -E '^✘ Test .* (recorded an issue|failed after)|^↳ [^/]|^Fatal error|: Fatal error|error: Exited with' "$log_file" |
            cut -c 1-600 >&2 || true
        ((status != 124)) || name_unended >&2
    fi
    (exit "$status") || report_failure
    rm -f "$log_file"
}
trap finish EXIT

# The tests that began and did not end, where the rest was ended for having taken too long.
name_unended() {
    echo "after $patience s these tests had begun and not ended:"
    awk '
        match($0, / started\.$/) && /^[^ ]+ Test / { begun[substr($0, index($0, " Test "), RSTART - index($0, " Test "))] }
        match($0, / (with [0-9]+ test cases? )?(passed|failed) after /) && /^[^ ]+ Test / {
            delete begun[substr($0, index($0, " Test "), RSTART - index($0, " Test "))]
        }
        END { for (test in begun) if (test !~ /^ Test (run|case)/) print test }' "$log_file"
}

check_scripts() { shellcheck -x scripts/*.sh scripts/lib/*.sh .ci/run; }

check_format() {
    swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources \
        Fuzz/Package.swift Fuzz/Sources Integrations/Package.swift Integrations/Tests Examples/Package.swift Examples/Sources \
        Examples/Server/Package.swift Examples/Server/Sources
}

# Which folder may name what of which other, and who may import the engine's C API.
check_layout() {
    python3 scripts/lib/test_layers.py 2>"$log_file" || fatal "the check of the layers fails its tests: $(cat "$log_file")"
    python3 scripts/lib/layers.py scripts/lib/layers.txt Sources || fatal 'the sources do not keep to scripts/lib/layers.txt'
}

# Code in the guide and the pages of documentation is code that the tests compile. That of the README is a program of its
# own, see scripts/check-consumer.sh.
check_snippets() { python3 scripts/lib/snippets.py Tests:Integrations/Tests Sources/KVStore/KVStore.docc/*.md docs/*.md; }

# The newest section of the changelog that has a number is of the version that the code says it is.
check_version() {
    local code changelog
    code=$(library_version)
    changelog=$(sed -nE 's/^## ([0-9]+\.[0-9]+\.[0-9]+)( .*)?$/\1/p' CHANGELOG.md | head -n 1)
    [[ -n $code && $code == "$changelog" ]] ||
        fatal "the library says that it is version '$code', the newest section of CHANGELOG.md is '$changelog'"
}

# What Package.swift goes by.
choose_engine() {
    local installed found
    unset KVSTORE_ENGINE
    installed=$(dpkg-query -W -f '${source:Upstream-Version}' librocksdb-dev 2>/dev/null || true)
    if [[ $installed. == "$engine".* ]]; then
        [[ ! -e .rocksdb/lib/librocksdb.a ]] || export KVSTORE_ENGINE=system
    else
        export KVSTORE_ENGINE=$release
        build_engine
    fi
}

# Portable, so that valgrind knows all of it.
build_engine() {
    local found
    if [[ ! -e .rocksdb/$release/lib/librocksdb.a ]]; then
        scripts/build-rocksdb.sh --version "$engine" --portable
    fi
    found=$(sed -nE 's/^  "version": "(.*)",$/\1/p' ".rocksdb/$release/build-info.json")
    [[ $found. == "$engine".* ]] || fatal ".rocksdb/$release is RocksDB $found; scripts/build-rocksdb.sh --version $engine"
}

build_tests() { swift build --build-tests --scratch-path "$scratch" "${build_flags[@]}" "${quiet[@]}"; }

# The tests of the library run over both layouts of a store.
run_tests() {
    local arguments=(--skip-build --scratch-path "$scratch" "${build_flags[@]}")
    timeout --kill-after=60 "$patience" swift test "${arguments[@]}" "${filters[@]}" 2>&1 | tee "$log_file"
    read -r passed skipped < <(count_tests)
    ((passed > 0)) || fatal "no test ran"
    local passed_again skipped_again
    KVSTORE_LAYOUT=singleDatabase timeout --kill-after=60 "$patience" swift test "${arguments[@]}" "${layout_filters[@]}" \
        2>&1 | tee "$log_file"
    read -r passed_again skipped_again < <(count_tests)
    ((passed_again > 0 || chosen)) || fatal "no test ran over single databases"
    passed=$((passed + passed_again)) skipped=$((skipped + skipped_again))
}

# SwiftPM closes with the totals of XCTest and of Swift Testing, and the latter's include what was skipped:
# count Swift Testing's tests one by one.
count_tests() {
    awk '
        /Executed [0-9]+ tests?, with/ { xctest = $2 }
        / Test .* passed after [0-9.]+ seconds/ && !/ Test (run with|case passing) / { passed++ }
        / Test .* skipped(\.|: ".*")?$/ { skipped++ }
        END { print xctest + passed, skipped + 0 }' "$log_file"
}

step 'Debian packages' scripts/bootstrap.sh --tests
if [[ -n $engine ]]; then step "RocksDB $engine" choose_engine; fi
scratch+=${KVSTORE_ENGINE:+-$KVSTORE_ENGINE}
if $lint; then
    step 'shell scripts' check_scripts
    step 'formatting' check_format
    step 'layout' check_layout
    step 'version' check_version
    step 'code in documentation' check_snippets
fi
step "build${sanitizer:+ with the $sanitizer sanitizer}" build_tests
# The same over every engine.
if [[ -z $sanitizer && -z ${KVSTORE_ENGINE:-} ]]; then
    step 'public interface' scripts/api.sh
    step 'documentation' scripts/docs.sh
fi
step "tests${sanitizer:+ with the $sanitizer sanitizer}" run_tests
if [[ -z $sanitizer ]] && ! $quick; then
    step 'a package that depends on this one' scripts/check-consumer.sh
    step 'the modules behind traits' scripts/integrations.sh
fi

log "all good in $SECONDS s"
printf '%s passed, 0 failed, %s skipped\n' "$passed" "$skipped"
