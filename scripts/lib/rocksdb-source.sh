# Getting RocksDB's source, for build-rocksdb.sh: Debian's source package, or a folder or a tarball. Source it after lib.sh,
# with source_path set (empty for Debian's package), wanted_version (empty for the one that the system has), prefix, where
# the engine goes, force, and, for get_source, work, where it is built. Sets source_identity and, when it finds the source
# of a run that was interrupted, resumed.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # variables of the script that sources it

# Debian's releases that may have another version than this system's, newest first, and where they are.
readonly debian_suites=(unstable testing stable oldstable)
readonly debian_mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
readonly debian_keys=/usr/share/keyrings/debian-archive-keyring.gpg

# Where apt, asked for source packages only, keeps its lists: the system's own stay as they are. Its sources are a clone of
# this system's, or, for a version of RocksDB that was named, those of all of Debian's releases.
use_private_apt() {
    local folder=$prefix/work/apt system_list system_folder file suite
    mkdir -p "$folder"/sources "$folder"/lists/partial "$folder"/cache/archives/partial
    apt_options=(
        -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$folder/sources"
        -o "Dir::State::Lists=$folder/lists" -o "Dir::Cache=$folder/cache"
        -o Acquire::Retries=3 -o Acquire::http::Timeout=20
    )
    if ((EUID == 0)); then
        apt_options+=(-o APT::Sandbox::User=root)
    fi
    if [[ -n $wanted_version ]]; then
        [[ -f $debian_keys ]] ||
            fatal "Debian's keys are not there (package debian-archive-keyring); name the source with --source"
        rm -f "$folder"/sources/*
        for suite in "${debian_suites[@]}"; do
            printf 'deb-src [signed-by=%s] %s %s main\n' "$debian_keys" "$debian_mirror" "$suite"
        done >"$folder/sources/debian.list"
        apt-get -q "${apt_options[@]}" update >"$folder/update.log" 2>&1 || true
        return
    fi
    eval "$(apt-config shell system_list Dir::Etc::sourcelist/f system_folder Dir::Etc::sourceparts/d)"
    rm -f "$folder"/sources/*
    for file in "$system_list" "$system_folder"/*.list; do
        if [[ -s $file ]]; then
            sed -nE 's/^[[:space:]]*deb[[:space:]]+/deb-src /p' "$file" >"$folder/sources/${file##*/}"
        fi
    done
    for file in "$system_folder"/*.sources; do
        if [[ -s $file ]]; then
            sed -E 's/^Types:.*/Types: deb-src/I' "$file" >"$folder/sources/${file##*/}"
        fi
    done
    # A source without source packages is no reason to stop: the package may be in another.
    apt-get -q "${apt_options[@]}" update >"$folder/update.log" 2>&1 || true
}

# The newest source package of the version that was named; else the one that the installed headers, or else the newest
# ones, were made from.
debian_version() {
    local version
    if [[ -n $wanted_version ]]; then
        # Asked of the network only when it is not there yet.
        version=$(sed -nE 's/^  "source": "debian (.*)",$/\1/p' "$prefix/build-info.json" 2>/dev/null || true)
        if $force || [[ $version != "$wanted_version"[.-]* ]]; then
            use_private_apt
            version=$(apt-cache "${apt_options[@]}" showsrc rocksdb 2>/dev/null | sed -n 's/^Version: //p' |
                awk -v wanted="$wanted_version" 'index($0, wanted ".") == 1 || index($0, wanted "-") == 1' |
                sort -V | tail -n 1)
        fi
        echo "$version"
        return
    fi
    version=$(dpkg-query -W -f '${db:Status-Status} ${source:Version}' librocksdb-dev 2>/dev/null || true)
    if [[ $version == 'installed '* ]]; then
        echo "${version#installed }"
        return
    fi
    use_private_apt
    apt-cache "${apt_options[@]}" showsrc rocksdb 2>/dev/null | sed -n 's/^Version: //p' | sort -V | tail -n 1
}

# The reason lies elsewhere, and another day it may be there.
unavailable() {
    printf '==> error: %s\n' "$*" >&2
    exit "$source_unavailable"
}

is_source() { [[ -f $1/src.mk && -f $1/include/rocksdb/c.h ]]; }

# Says what the source is in one line that changes when the source does.
identify_source() {
    if [[ -z $source_path ]]; then
        command -v apt-get >/dev/null || fatal 'without apt-get, name the source with --source'
        local version
        version=$(debian_version)
        [[ -n $version ]] ||
            unavailable "apt finds no source package of RocksDB${wanted_version:+ $wanted_version}; see $prefix/work/apt/update.log, or use --source"
        source_identity="debian $version"
    elif [[ -d $source_path ]]; then
        is_source "$source_path" ||
            fatal "$source_path is not RocksDB's source: it has no src.mk or no include/rocksdb/c.h"
        source_identity="folder $(cd "$source_path" && find . -name .git -prune -o -type f ! -name '*.[ado]' -print0 |
            sort -z | xargs -0 sha256sum | sha256sum | cut -c 1-16)"
    elif [[ -f $source_path ]]; then
        source_identity="tarball $(sha256sum "$source_path" | cut -c 1-16)"
    else
        fatal "there is no $source_path"
    fi
}

get_source() {
    if [[ -d $work/source ]]; then
        resumed=true
        log "going on where an earlier run stopped"
        return
    fi
    rm -rf "$work/source.partial"
    mkdir -p "$work/source.partial"
    if [[ -z $source_path ]]; then
        get_debian_source
    elif [[ -d $source_path ]]; then
        tar -C "$source_path" --exclude-vcs -cf - . | tar -C "$work/source.partial" -xf -
    else
        tar -C "$work/source.partial" --strip-components=1 -xf "$source_path"
        is_source "$work/source.partial" ||
            fatal "$source_path is not a tarball of RocksDB: it has no src.mk or no include/rocksdb/c.h in its one folder"
    fi
    mv "$work/source.partial" "$work/source"
}

get_debian_source() {
    local version=${source_identity#debian } download=$prefix/work/download
    log "fetching Debian's source package rocksdb $version"
    use_private_apt
    mkdir -p "$download"
    if (cd "$download" && apt-get -q "${apt_options[@]}" source --download-only --only-source "rocksdb=$version") \
        >"$prefix/work/apt/source.log" 2>&1; then
        rmdir "$work/source.partial"
        if dpkg-source --no-copy -x "$download/rocksdb_${version#*:}.dsc" "$work/source.partial" >"$work/unpack.log" 2>&1; then
            return
        fi
        warn "the source package does not unpack here: $(tail -n 1 "$work/unpack.log")"
    else
        warn "not all of the source package is to be had: $(grep -m 1 '^E:' "$prefix/work/apt/source.log" || true)"
    fi
    unpack_upstream "$version" "$download"
}

# Debian's patches concern how Debian builds and packages. Without them what upstream released is enough, if it is what
# Debian signed for.
unpack_upstream() {
    local version=$1 download=$2 file='' sum
    read -r file sum < <(apt-get -q "${apt_options[@]}" source --print-uris --only-source "rocksdb=$version" 2>/dev/null |
        sed -nE "s/^'[^']*' (rocksdb_[^ ]*\.orig\.tar\.[a-z0-9]+) [0-9]+ SHA256:([0-9a-f]{64})$/\1 \2/p") || true
    [[ -n $file && -f $download/$file ]] ||
        unavailable "the source package cannot be had: $(tail -n 3 "$prefix/work/apt/source.log" "$prefix/work/apt/update.log")"
    sha256sum --check --status <<<"$sum  $download/$file" || fatal "$download/$file is damaged: remove it, and try again"
    log "building what upstream released, without Debian's patches: $file"
    rm -rf "$work/source.partial"
    mkdir "$work/source.partial"
    tar -C "$work/source.partial" --strip-components=1 -xf "$download/$file"
}
