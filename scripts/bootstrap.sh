#!/usr/bin/env bash
# Installs the Debian packages that KVStore needs, and checks the Swift toolchain.
#
# usage: scripts/bootstrap.sh [--tests] [--profile] [--peers]
#
#   --tests     also what the test suite needs
#   --profile   also what scripts/profile.sh needs
#   --peers     also the databases that kvbench compares with, which --tests includes
#
# Does nothing when all is there. Installs as root (or through a sudo that asks no password);
# otherwise it prints the one line to run and fails.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/lib/packages.sh

readonly minimum_swift=6.2
packages=(librocksdb-dev libsnappy-dev liblz4-dev libzstd-dev libbz2-dev zlib1g-dev)
# Debian sets up a server of the machine with the last one. kvbench does without and starts its own.
readonly peer_packages=(libsqlite3-0 liblmdb0 libpq5 postgresql)
readonly test_packages=(
    "${peer_packages[@]}"
    chromium rocksdb-tools e2fsprogs xfsprogs btrfs-progs util-linux mount linux-perf heaptrack python3 shellcheck valgrind git
    xz-utils
)
readonly profile_packages=(linux-perf heaptrack)

while (($# > 0)); do
    case $1 in
        --tests) packages+=("${test_packages[@]}") ;;
        --profile) packages+=("${profile_packages[@]}") ;;
        --peers) packages+=("${peer_packages[@]}") ;;
        -h | --help) usage "$0" && exit 0 ;;
        *) fatal "unknown option $1; see scripts/bootstrap.sh --help" ;;
    esac
    shift
done

check_swift() {
    command -v swift >/dev/null ||
        fatal "swift is not on the PATH; install Swift $minimum_swift or newer from https://www.swift.org/install"
    local said version
    said=$(swift --version 2>&1) || fatal "$(command -v swift) does not start: $said"
    version=$(sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' <<<"$said")
    [[ -n $version ]] || fatal "cannot tell the version of $(command -v swift) from: $said"
    [[ $(printf '%s\n' "$minimum_swift" "$version" | sort -V | head -n 1) == "$minimum_swift" ]] ||
        fatal "swift $version is too old; KVStore needs $minimum_swift or newer"
}

mapfile -t packages < <(printf '%s\n' "${packages[@]}" | sort -u)
ensure_packages "${packages[@]}"
check_swift
