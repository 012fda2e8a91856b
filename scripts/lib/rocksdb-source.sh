# Getting RocksDB's source, for build-rocksdb.sh: Debian's source package, or a folder or a tarball. Source it after lib.sh,
# with source_path set (empty for Debian's package), prefix, where the engine goes, and, for get_source, work, where it is
# built. Sets source_identity and, when it finds the source of a run that was interrupted, resumed.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # variables of the script that sources it

# Where a clone of apt's sources of this system, asked for source packages, keeps its lists: the system's own stay
# as they are.
use_private_apt() {
    local folder=$prefix/work/apt system_list system_folder file
    mkdir -p "$folder"/sources "$folder"/lists/partial "$folder"/cache/archives/partial
    apt_options=(
        -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$folder/sources"
        -o "Dir::State::Lists=$folder/lists" -o "Dir::Cache=$folder/cache" -o Acquire::Retries=3
    )
    if ((EUID == 0)); then
        apt_options+=(-o APT::Sandbox::User=root)
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

# The version of the source package that the installed headers, or else the newest ones, were made from.
debian_version() {
    local version
    version=$(dpkg-query -W -f '${db:Status-Status} ${source:Version}' librocksdb-dev 2>/dev/null || true)
    if [[ $version == 'installed '* ]]; then
        echo "${version#installed }"
        return
    fi
    use_private_apt
    apt-cache "${apt_options[@]}" showsrc rocksdb 2>/dev/null | sed -n 's/^Version: //p' | sort -V | tail -n 1
}

is_source() { [[ -f $1/src.mk && -f $1/include/rocksdb/c.h ]]; }

# Says what the source is in one line that changes when the source does.
identify_source() {
    if [[ -z $source_path ]]; then
        command -v apt-get >/dev/null || fatal 'without apt-get, name the source with --source'
        local version
        version=$(debian_version)
        [[ -n $version ]] || fatal "apt finds no source package of RocksDB; see $prefix/work/apt/update.log, or use --source"
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
    (cd "$download" && apt-get -q "${apt_options[@]}" source --download-only --only-source "rocksdb=$version") \
        >"$prefix/work/apt/source.log" 2>&1 ||
        fatal "apt-get source failed: $(tail -n 3 "$prefix/work/apt/source.log" "$prefix/work/apt/update.log")"
    rmdir "$work/source.partial"
    dpkg-source --no-copy -x "$download/rocksdb_${version#*:}.dsc" "$work/source.partial" >"$work/unpack.log" 2>&1 ||
        fatal "the source package does not unpack: $(tail -n 3 "$work/unpack.log")"
}
