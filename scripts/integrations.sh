#!/usr/bin/env bash
# Builds the modules that are behind traits, with all of them on, and runs their tests (Integrations/).
#
# usage: scripts/integrations.sh [--filter REGEX]
#
#   --filter   only the tests whose name matches; goes to swift test as it is

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh

filters=()
while (($# > 0)); do
    case $1 in
        --filter) filters+=(--filter "${2:?--filter needs a pattern}") && shift ;;
        -h | --help) usage "$0" && exit 0 ;;
        *) fatal "unknown option $1; see scripts/integrations.sh --help" ;;
    esac
    shift
done

where=(--package-path Integrations --scratch-path "$PWD/.build-integrations${KVSTORE_ENGINE:+-$KVSTORE_ENGINE}")
warnings_are_errors
plan_anew "${where[3]}"
swift build --build-tests --quiet "${where[@]}"
swift test --skip-build "${where[@]}" "${filters[@]}"
