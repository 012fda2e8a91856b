#!/usr/bin/env bash
# Builds RocksDB for release into .rocksdb/, from where `swift build` picks it up: no assertions, hardware CRC32C,
# tuned for this machine's processor, with snappy, lz4, zstd, bz2 and zlib.
#
# usage: scripts/build-rocksdb.sh [--version X.Y[.Z]] [--portable] [--pgo] [--source PATH] [--jobs N] [--force] [--remove]
#
#   --version X.Y  build this version into .rocksdb/X.Y/, beside the others and the one in .rocksdb/: KVSTORE_ENGINE=X.Y
#                  chooses it. Debian's source package of it is taken from whichever of Debian's releases has it.
#                  ldb and sst_dump are built too, into bin/: those of another version may not read its files
#   --portable     for any x86-64 processor since about 2010 (x86-64-v2) or any 64-bit Arm server, instead of this one
#   --pgo          guided by a profile: the engine is compiled to count what it does, kvbench runs its workloads over it,
#                  and the engine is compiled again by that; three times as long. With clang only, such as Swift's
#   --source PATH  build this source folder or tarball of RocksDB instead of Debian's source package
#   --jobs N       how many compilations run at a time (default: as many as processors and memory allow)
#   --force        build again even if the same engine is there, and from the start
#   --remove       delete what is in .rocksdb/, so that the system's engine is linked again; with --version that one alone
#
# Leaves lib/librocksdb.a, include/, lib/pkgconfig/rocksdb.pc and build-info.json. A run that was interrupted goes on
# where it stopped; a run that finds the engine already built returns at once. CC and CXX name other compilers.
#
# The sources are compiled in groups, each as one unit, which RocksDB supports: parsing the same headers over and over
# takes most of the time of a plain build. A unit that does not compile is done again file by file.

set -euo pipefail
readonly called_from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/lib.sh
. scripts/lib/packages.sh
. scripts/lib/rocksdb-source.sh
. scripts/lib/rocksdb-build.sh
. scripts/lib/rocksdb-profile.sh

# Raise it when the way of building changes, so that engines built the old way are built again.
readonly recipe=1
readonly job_memory_kib=$((700 * 1024))

portable=false
profiled=false
force=false
remove=false
resumed=false
attended_process=
source_path=
wanted_version=
jobs=
while (($# > 0)); do
    case $1 in
        --version) wanted_version=${2:?--version needs a version, as 9.11} && shift ;;
        --portable) portable=true ;;
        --pgo) profiled=true ;;
        --source) source_path=${2:?--source needs a folder or a tarball} && shift ;;
        --jobs) jobs=${2:?--jobs needs a number} && shift ;;
        --force) force=true ;;
        --remove) remove=true ;;
        -h | --help) usage "$0" && exit 0 ;;
        *) fatal "unknown option $1; see scripts/build-rocksdb.sh --help" ;;
    esac
    shift
done
[[ -z $source_path || $source_path == /* ]] || source_path=$called_from/$source_path
# A folder for each release, whichever of its patches: major.minor.
[[ -z $wanted_version || $wanted_version =~ ^([0-9]+\.[0-9]+)(\.[0-9]+)?$ ]] ||
    fatal "--version takes a version such as 9.11 or 9.11.2, not $wanted_version"
readonly name=.rocksdb${wanted_version:+/${BASH_REMATCH[1]}}
readonly prefix=$PWD/$name
[[ -z $jobs || $jobs =~ ^[1-9][0-9]{0,3}$ ]] || fatal "--jobs takes a number from 1, not $jobs"

# --- What the build needs

install_packages() {
    local wanted=(make binutils "${codec_packages[@]}")
    [[ -n $clang ]] || wanted+=(g++)
    [[ -n $source_path ]] || wanted+=(dpkg-dev)
    if command -v apt-get >/dev/null; then
        ensure_packages "${wanted[@]}" || unavailable "these packages are needed: ${wanted[*]}"
    else
        warn "this script knows Debian's packages only; these, or their like, must be there: ${wanted[*]}"
    fi
}

# The Swift toolchain's clang compiles this in three quarters of the time that gcc 12 takes, to code as fast.
find_compiler() {
    clang=
    cc=${CC:-} cxx=${CXX:-}
    if [[ -n $cc || -n $cxx ]]; then
        [[ -n $cc && -n $cxx ]] || fatal 'set both CC and CXX, or neither'
    elif command -v swiftc >/dev/null && [[ -x $(toolchain)/clang++ ]]; then
        cc=$(toolchain)/clang
        cxx=$(toolchain)/clang++
    else
        cc=gcc cxx=g++
    fi
    if [[ $("$cxx" --version 2>/dev/null) == *clang* ]]; then
        clang=1
    fi
}

toolchain() { dirname "$(readlink -f "$(command -v swiftc)")"; }

allowed_jobs() {
    local processors available
    processors=$(nproc)
    available=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
    local by_memory=$((available / job_memory_kib))
    echo $((by_memory < 1 ? 1 : by_memory < processors ? by_memory : processors))
}

# --- What is built

choose_flags() {
    # Valgrind does not know SSE4a, which only some processors have and nothing here needs.
    case $(uname -m)-$portable in
        x86_64-true) processor=x86-64-v2 processor_flags='-march=x86-64-v2 -mpclmul' ;;
        # The engine's own Makefile adds -march=armv8-a+crc+crypto there, and asks the processor before it uses them.
        aarch64-true) processor=armv8-a+crc+crypto processor_flags= ;;
        *-true) processor=generic processor_flags= ;;
        x86_64-false) processor=native processor_flags='-march=native -mno-sse4a' ;;
        *) processor=native processor_flags=-march=native ;;
    esac
    # Kept frame pointers let perf walk the stack; setting them up and down is about 5% of the instructions executed.
    # These flags come last: the engine's Makefile has flags of its own.
    flags='-O2 -g0 -w -fPIE -fno-omit-frame-pointer -mno-omit-leaf-frame-pointer'
}

fingerprint() {
    {
        printf '%s\n' "$recipe" "$source_identity" "$(uname -m)" "$processor_flags" "$flags"
        ! $profiled || printf 'profile of %s\n' "${training[@]}"
        "$cxx" --version | sed -n 1p
        if [[ $processor == native ]]; then
            grep -m 1 '^model name' /proc/cpuinfo || true
            grep -m 1 -E '^(flags|Features)' /proc/cpuinfo || true
        fi
    } | sha256sum | cut -c 1-16
}

# --- The build

# Runs a command so that a signal ends it and this script at once, which would wait for its end otherwise.
attended() {
    "$@" &
    attended_process=$!
    wait "$attended_process"
}

interrupt() {
    trap '' HUP INT TERM
    if [[ -n $attended_process ]]; then
        kill "$attended_process" 2>/dev/null || true
        wait || true
    fi
    # Not to the log of the command.
    warn 'interrupted; the next run goes on from here' 2>&"$messages"
    exit "$1"
}

json_string() {
    local text=$1
    text=${text//\\/\\\\}
    printf '"%s"' "${text//\"/\\\"}"
}

describe_build() {
    cat <<EOF
{
  "schema": 1,
  "version": "$(engine_version "$work/stage/include")",
  "source": $(json_string "$source_identity"),
  "kind": "$($portable && echo portable || echo native)",
  "architecture": "$(uname -m)",
  "processor": "$processor",
  "profile_guided": $profiled,
  "compiler": $(json_string "$("$cxx" --version | sed -n 1p)"),
  "flags": $(json_string "$(sed -n 's/^CXXFLAGS := //p' "$work/units.mk")"),
  "units": $(find "$work/units" -name 'unit-*.cc' | wc -l),
  "separate_files": $(find "$work/units" -name 'file-*' | wc -l),
  "built_at": "$(date -u +%Y-%m-%dT%H:%M:%SZ)",
  "resumed": $resumed,
  "seconds": $SECONDS,
  "cpu_seconds": $cpu_seconds,
  "fingerprint": "$print"
}
EOF
}

# --- Where the package finds it

header_in_use() {
    local folder
    if [[ -n $wanted_version ]]; then
        [[ -f $prefix/include/rocksdb/c.h ]] && echo "$prefix/include/rocksdb/c.h" || echo /dev/null
        return
    fi
    for folder in "$prefix/include" /usr/local/include /usr/include; do
        if [[ -f $folder/rocksdb/c.h ]]; then
            echo "$folder/rocksdb/c.h"
            return
        fi
    done
    echo /dev/null
}

# SwiftPM watches no library and no system header: without this it would not link, or compile, again.
forget_old_products() {
    local old_header=$1 scratch
    for scratch in .build .build-*; do
        [[ -d $scratch ]] || continue
        # What is built with an engine of its own has its version at the end of its name.
        if [[ -n $wanted_version ]]; then
            [[ $scratch == *-"${name##*/}" ]] || continue
        elif [[ $scratch == *-[0-9]* ]]; then
            continue
        fi
        if cmp -s "$old_header" "$(header_in_use)"; then
            find "$scratch" -maxdepth 4 -type f -perm -u+x \( -path '*/debug/*' -o -path '*/release/*' -o \
                -path '*/Products/*' \) ! -name '*.so' -delete
        else
            warn "RocksDB's C header is another one now: $scratch will be built from the start"
            rm -rf "$scratch"/*/{debug,release} "$scratch"/out
        fi
    done
}

# The header that is in use now, kept for a comparison after the change.
keep_header() {
    kept_header=$(mktemp)
    trap 'rm -f "$kept_header"' EXIT
    cat "$(header_in_use)" >"$kept_header"
}

install_engine() {
    keep_header
    rm -rf "${prefix:?}"/{build-info.json,lib,include,bin}
    mv "$work"/stage/{include,lib} "$prefix/"
    [[ ! -d $work/stage/bin ]] || mv "$work/stage/bin" "$prefix/"
    mv "$work/stage/build-info.json" "$prefix/"
    forget_old_products "$kept_header"
    rm -rf "$prefix/work"
}

remove_engine() {
    keep_header
    if [[ -d $prefix ]]; then
        # Engines of other versions are in folders of their own.
        find "$prefix" -mindepth 1 -maxdepth 1 ! -name '[0-9]*' -exec rm -rf {} +
        rmdir --ignore-fail-on-non-empty "$prefix"
    fi
    forget_old_products "$kept_header"
    if [[ -n $wanted_version ]]; then
        log "removed $name"
    else
        log "removed what was in $name; the next build links the system's RocksDB"
    fi
}

if $remove; then
    remove_engine
    exit 0
fi
mkdir -p "$prefix/work"
exec 9>"$prefix/lock" {messages}>&2
flock -n 9 || fatal "another run of this script is building into $name"
find_compiler
! $profiled || find_profile_tools
trap 'interrupt 129' HUP
trap 'interrupt 130' INT
trap 'interrupt 143' TERM
install_packages
jobs=${jobs:-$(allowed_jobs)}
identify_source
choose_flags
described=$processor$(! $profiled || echo ', profile-guided')
print=$(fingerprint)
work=$prefix/work/$print
if ! $force && grep -qs "\"fingerprint\": \"$print\"" "$prefix/build-info.json" && [[ -f $prefix/lib/librocksdb.a ]]; then
    log "nothing to do: $name has RocksDB $(engine_version "$prefix/include"), $described, built from these sources"
    exit 0
fi
if $force; then
    rm -rf "$work"
fi
mkdir -p "$work"
get_source
check_version
plan
! $profiled || profile_engine
log "compiling RocksDB $(engine_version "$work/source/include"), $described, $jobs at a time"
compile objects "$(! $profiled || echo '-fprofile-use=../engine.profdata')"
stage
[[ -z $wanted_version ]] || build_tools
smoke_test
times >"$work/times"
cpu_seconds=$(awk -F '[ms ]+' 'NR == 2 { print int($1 * 60 + $2 + $3 * 60 + $4) }' "$work/times")
describe_build >"$work/stage/build-info.json"
install_engine
log "RocksDB $(engine_version "$prefix/include"), $described, is in $name: $SECONDS s, $cpu_seconds s of CPU"
