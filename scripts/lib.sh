# Helpers shared by the scripts of this folder. Source it; it runs nothing.
# shellcheck shell=bash

log() { printf '==> %s\n' "$*"; }
warn() { printf '==> warning: %s\n' "$*" >&2; }
fatal() {
    printf '==> error: %s\n' "$*" >&2
    exit 1
}

# What build-rocksdb.sh ends with when it cannot get the source, as against not building it: EX_UNAVAILABLE.
# shellcheck disable=SC2034  # for the scripts that source this
readonly source_unavailable=69

# Runs a command as a named step and says how many seconds it took. A failing command ends the script (set -e),
# so report_failure, as the EXIT trap, is what names the step that failed.
current_step=
step() {
    local started=$SECONDS
    current_step=$1
    shift
    log "$current_step"
    "$@"
    log "done: $current_step ($((SECONDS - started)) s)"
    current_step=
}

report_failure() {
    local status=$?
    if ((status != 0)); then
        printf '==> failed%s (exit status %s, after %s s)\n' "${current_step:+: $current_step}" "$status" "$SECONDS" >&2
    fi
}

# Makes warnings of this package errors. All that builds in .build-test has to agree on it, else each builds it anew.
warnings_are_errors() { export KVSTORE_WARNINGS=errors; }

# SwiftPM does not notice files that were added to a package which is depended on by path: has it plan anew what is built in
# a folder.
plan_anew() { rm -f "$1"/debug.yaml "$1"/release.yaml; }

# Prints the comment at the head of a script as its help.
usage() { sed -n '2,/^$/s/^# \{0,1\}//p' "$1"; }

# The version of the library, from the one place that has it.
library_version() {
    grep -rhoE 'static let libraryVersion = "[^"]+"' Sources --include='*.swift' | sed -E 's/.*"(.*)"/\1/'
}
