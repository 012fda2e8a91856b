#!/usr/bin/env bash
# Compares the library's public declarations with docs/public-api.txt, which lists them, and with those of the last
# release.
#
# usage: scripts/api.sh [--update]
#
#   --update   write the list anew; its difference is what a review looks at
#
# A change of the public interface is made together with the list. What the last tag's list has and this one lacks
# breaks programs, and passes only with a version that says so: another first number, or another second one before 1.0.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/lib/symbols.sh

readonly list=docs/public-api.txt

update=false
while (($# > 0)); do
    case $1 in
        --update) update=true ;;
        -h | --help) usage "$0" && exit 0 ;;
        *) fatal "unknown option $1; see scripts/api.sh --help" ;;
    esac
    shift
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

list_declarations() {
    extract_symbols "$work" "${public_modules[@]}"
    echo '# What the library declares as public. Made by scripts/api.sh --update.'
    python3 scripts/lib/api.py list "$work"/*.symbols.json
}

# Says what has changed, as two lists of public declarations have it: 0 nothing, 1 something came, 2 something went.
compare() { python3 scripts/lib/api.py compare "$1" "$2"; }

check_release() {
    local tag version
    tag=$(git tag --list '[0-9]*.[0-9]*.[0-9]*' --merged HEAD --sort=-version:refname 2>/dev/null | head -n 1)
    if [[ -z $tag ]] || ! git show "$tag:$list" >"$work/released" 2>/dev/null; then
        log "there is no release yet to compare with"
        return
    fi
    version=$(library_version)
    status=0
    compare "$work/released" "$list" >"$work/changes" || status=$?
    case $status in
        0) log "as in $tag" ;;
        1) log "$(wc -l <"$work/changes") public declarations more than in $tag" ;;
        2)
            cat "$work/changes"
            [[ $(breaking_part "$version") != "$(breaking_part "$tag")" ]] ||
                fatal "this breaks programs that were written for $tag, and $version says that it does not"
            ;;
        *) fatal "the lists cannot be compared" ;;
    esac
}

# What of a version has to change when programs can break.
breaking_part() {
    local parts
    IFS=. read -ra parts <<<"$1"
    if ((parts[0] > 0)); then echo "${parts[0]}"; else echo "0.${parts[1]}"; fi
}

list_declarations >"$work/now"
if $update; then
    cp "$work/now" "$list"
    log "$(grep -c ' | ' "$list") public declarations and conformances are in $list"
else
    status=0
    compare "$list" "$work/now" || status=$?
    ((status == 0)) ||
        fatal "the public interface has changed; if that is meant, scripts/api.sh --update writes it into the list"
    log "the public interface is as $list says"
fi
check_release
