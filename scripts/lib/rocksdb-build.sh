# Compiling RocksDB, for build-rocksdb.sh: the engine's own sources in groups, the archive of them, its tools, and a test of
# it. Source it after lib.sh, with cc, cxx, clang (empty for another compiler), jobs, flags, processor_flags, work, where it is
# built, wanted_version and what rocksdb-source.sh sets.
# shellcheck shell=bash
# shellcheck disable=SC2154  # variables of the script that sources it

# shellcheck disable=SC2034  # for build-rocksdb.sh
readonly codec_packages=(libsnappy-dev liblz4-dev libzstd-dev libbz2-dev zlib1g-dev)
readonly codec_libraries=(snappy lz4 zstd bz2 z)
readonly codec_macros=(SNAPPY LZ4 ZSTD BZIP2 ZLIB)

# Asks the engine's own Makefile which sources there are and which flags this system calls for. RTTI is on as in
# Debian's build, so that C++ code which derives from the engine's classes links with either.
ask_makefile() {
    # shellcheck disable=SC2016
    env -i PATH="$PATH" LC_ALL=C ${clang:+USE_CLANG=1} \
        ROCKSDB_DISABLE_JEMALLOC=1 ROCKSDB_DISABLE_TCMALLOC=1 ROCKSDB_DISABLE_MEMKIND=1 ROCKSDB_DISABLE_NUMA=1 \
        ROCKSDB_DISABLE_TBB=1 ROCKSDB_DISABLE_GFLAGS=1 ROCKSDB_DISABLE_BENCHMARK=1 ROCKSDB_USE_IO_URING=0 \
        make -s -C "$work/source" --no-print-directory CC="$cc" CXX="$cxx" DEBUG_LEVEL=0 PORTABLE=1 USE_RTTI=1 \
        DEPFILES= SKIP_DEPENDS=1 FORCE_GIT_SHA="${source_identity##* }" EXTRA_CXXFLAGS="$processor_flags" \
        --eval='kvstore-plan: unity.cc; @:$(info plan flags $(CXXFLAGS))$(info plan objects $(LIB_OBJECTS))' \
        kvstore-plan >"$work/plan" 2>"$work/plan.log" ||
        fatal "RocksDB's Makefile does not tell its flags: $(tail -n 3 "$work/plan.log")"
}

# Groups the sources, in the Makefile's order, into units of about the same size. Large ones save more parsing, but
# there must be enough of them to keep all processors busy to the end.
plan() {
    if [[ -f $work/planned ]]; then
        return
    fi
    ask_makefile
    local makefile_flags file size macro units=$((jobs * 6))
    units=$((units < 12 ? 12 : units > 60 ? 60 : units))
    makefile_flags=$(sed -n 's/^plan flags //p' "$work/plan" | tail -n 1)
    for macro in "${codec_macros[@]}"; do
        [[ " $makefile_flags " == *" -D$macro "* ]] || fatal "the development files of $macro are not there"
    done
    rm -rf "$work"/{units,objects,instrumented}
    mkdir -p "$work/units"
    sed -n 's/^plan objects //p' "$work/plan" | tail -n 1 | tr -s ' ' '\n' | sed -E 's|^\./||; s|\.o$|.cc|; /^$/d' |
        while read -r file; do
            size=$(stat -c %s "$work/source/$file" 2>/dev/null) || fatal "this script cannot build $file"
            printf '%s %s\n' "$size" "$file"
        done >"$work/sources"
    # RocksDB's own one-unit build leaves the range locking code out, so it gets a unit of its own here.
    awk -v units="$units" -v folder="$work/units" '
        function next_unit() { unit = sprintf("%s/unit-%02d.cc", folder, ++count) }
        { size[NR] = $1; name[NR] = $2; total += $1 }
        END {
            next_unit()
            for (i = 1; i <= NR; i++) {
                if (name[i] ~ /range_tree/ && !range_tree) { range_tree = 1; next_unit() }
                printf "#include \"%s\"\n", name[i] > unit
                done += size[i]
                if (!range_tree && done >= total * count / units && i < NR) next_unit()
            }
        }' "$work/sources"
    cat >"$work/units.mk" <<EOF
CXXFLAGS := $makefile_flags $flags
all: \$(patsubst ../units/%.cc,\$(objects)/%.o,\$(wildcard ../units/*.cc))
\$(objects)/%.o: ../units/%.cc
	@exec $cxx \$(CXXFLAGS) \$(profile_flags) -c \$< -o \$@.part 2>\$(objects)/\$*.log
	@mv \$@.part \$@
	@echo '    compiled \$*'
EOF
    touch "$work/planned"
}

# Compiles what was planned into a folder beside the plan, with flags for a profile, or none.
compile() {
    local objects=$1 profile_flags=${2:-} unit
    mkdir -p "$work/$objects"
    if ! run_make "$objects" "$profile_flags"; then
        for unit in "$work"/units/unit-*.cc; do
            unit=$(basename "$unit" .cc)
            [[ -f $work/$objects/$unit.o ]] || split_unit "$unit" "$work/$objects/$unit.log"
        done
        run_make "$objects" "$profile_flags" || fatal "RocksDB does not compile; see $work/$objects/*.log:
$(grep -hs -m 2 'error' "$work/$objects"/file-*.log "$work/make.log" | head -n 10)"
    fi
}

run_make() {
    attended env -i PATH="$PATH" LC_ALL=C make -s -k -j "$jobs" -C "$work/source" --no-print-directory -f ../units.mk all \
        objects="../$1" profile_flags="$2" 2>"$work/make.log"
}

split_unit() {
    local unit=$1 unit_log=$2 file
    if grep -qs 'No space left' "$unit_log" || ! grep -qs 'error' "$unit_log"; then
        fatal "$unit does not compile: $(tail -n 3 "$unit_log" "$work/make.log")"
    fi
    warn "$unit does not compile as one; compiling its files one by one"
    while read -r file; do
        printf '#include "%s"\n' "$file" >"$work/units/file-${file//\//-}"
    done < <(sed 's/^#include "\(.*\)"$/\1/' "$work/units/$unit.cc")
    rm "$work/units/$unit.cc"
}

engine_version() {
    awk '/#define ROCKSDB_(MAJOR|MINOR|PATCH)/ { printf "%s%s", dot, $3; dot = "." }' "$1/rocksdb/version.h"
}

# What a tarball or a folder holds is only known now.
check_version() {
    local version
    version=$(engine_version "$work/source/include")
    [[ -z $wanted_version || $version. == "$wanted_version".* ]] ||
        fatal "this is the source of RocksDB $version, not of $wanted_version"
}

# Makes an engine of compiled units, as Package.swift looks for one.
lay_out() {
    local objects=$1 folder=$2
    rm -rf "$folder"
    mkdir -p "$folder/lib"
    cp -r "$work/source/include" "$folder/include"
    ar rcsD "$folder/lib/librocksdb.a" "$work/$objects"/*.o
}

stage() {
    local stage=$work/stage
    lay_out objects "$stage"
    mkdir "$stage/lib/pkgconfig"
    cat >"$stage/lib/pkgconfig/rocksdb.pc" <<EOF
prefix=\${pcfiledir}/../..
includedir=\${prefix}/include
libdir=\${prefix}/lib

Name: rocksdb
Description: RocksDB, built for release by scripts/build-rocksdb.sh
Version: $(engine_version "$stage/include")
Cflags: -I\${includedir}
Libs: -L\${libdir} -lrocksdb
Libs.private: ${codec_libraries[*]/#/-l} -lstdc++ -lm -lpthread -ldl
EOF
}

build_tools() {
    log 'building ldb and sst_dump'
    mkdir -p "$work/tools" "$work/stage/bin"
    printf '#include "%s"\n' tools/{ldb_cmd,ldb_tool,sst_dump_tool}.cc utilities/blob_db/blob_dump_tool.cc \
        >"$work/tools/common.cc"
    cat >"$work/tools.mk" <<EOF
tools: ../stage/bin/ldb ../stage/bin/sst_dump
include ../units.mk
../tools/common.o: ../tools/common.cc
	@$cxx \$(CXXFLAGS) -c \$< -o \$@
../stage/bin/%: tools/%.cc ../tools/common.o ../stage/lib/librocksdb.a
	@$cxx \$(CXXFLAGS) \$^ ${codec_libraries[*]/#/-l} -lstdc++ -lm -lpthread -ldl -o \$@
EOF
    env -i PATH="$PATH" LC_ALL=C make -s -j "$jobs" -C "$work/source" --no-print-directory -f ../tools.mk tools \
        >"$work/tools.log" 2>&1 || fatal "the tools do not build: $(grep -m 3 error "$work/tools.log")"
}

smoke_test() {
    log 'testing it'
    local stage=$work/stage
    if grep -q __assert_fail <(nm -u "$stage/lib/librocksdb.a" 2>/dev/null); then
        fatal 'the engine was built with assertions'
    fi
    "$cc" -O1 -I "$stage/include" scripts/lib/engine-smoke-test.c "$stage/lib/librocksdb.a" "${codec_libraries[@]/#/-l}" \
        -lstdc++ -lm -lpthread -ldl -o "$work/smoke-test" || fatal 'a C program does not link with the engine'
    rm -rf "$work/smoke-data"
    "$work/smoke-test" "$work/smoke-data" "$(engine_version "$stage/include")" || fatal 'the engine does not pass the test'
}

