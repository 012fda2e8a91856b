# What an engine does under kvbench's workloads, as a profile that clang compiles it by, for build-rocksdb.sh --pgo. Source it
# after rocksdb-build.sh, with what that needs.
# shellcheck shell=bash
# shellcheck disable=SC2154  # variables of the script that sources it

# What no workload does is taken for rare, and compiled to be small: so there is one for each kind of work. Their operations
# are counted, since what is done in a time depends on the machine. More threads than processors would count how they wait.
readonly training=(
    'messages --workers 1 --operations 100000'
    'messages --workers 2 --operations 100000'
    'fill-sequential --workers 1 --keys 300000'
    'fill-random,settle,read-random,read-missing,overwrite --workers 1 --keys 400000 --operations 400000'
    'fill-random,settle,read-random --workers 2 --keys 400000 --operations 400000'
    'fill-random --workers 2 --keys 1000 --durability synced'
    'seek-random --workers 2 --keys 200000 --operations 50000'
    'scan --workers 1 --keys 300000 --operations 1000'
    'batch-write --workers 2 --keys 200000 --operations 3000'
    'delete-random --workers 2 --keys 100000'
    'merge --workers 1 --keys 10000 --operations 50000'
    'transfer --workers 2 --operations 30000'
    'expire --workers 2 --operations 50000'
    'open --keys 100000 --operations 3'
    'recover --keys 100000 --operations 3'
    'mix --mix update=40,read=20,put=20,scan=10,insert=5,delete=5 --layout single --set memtableSize=8MiB
        --workers 2 --keys 100000 --operations 100000'
)

# Asks the compiler for what has to be of its own version.
find_profile_tools() {
    [[ -n $clang ]] || fatal "--pgo needs clang, and $cxx is another compiler"
    command -v swift >/dev/null || fatal '--pgo runs kvbench, which needs Swift to be built'
    profile_runtime=$("$cxx" -print-file-name="libclang_rt.profile-$(uname -m).a")
    profile_merger=$("$cxx" -print-prog-name=llvm-profdata)
    [[ -f $profile_runtime ]] || fatal "--pgo needs $profile_runtime, which $cxx does not have"
    command -v "$profile_merger" >/dev/null || fatal "--pgo needs llvm-profdata, which $cxx does not have"
}

# Leaves engine.profdata for units of the same plan: a profile knows functions of a unit by its name.
profile_engine() {
    if [[ -f $work/engine.profdata ]]; then
        return
    fi
    log "compiling RocksDB $(engine_version "$work/source/include") to be profiled, $jobs at a time"
    # Without `atomic` threads lose some of one another's counts.
    compile instrumented '-fprofile-generate -fprofile-update=atomic'
    lay_out instrumented "$work/trainer/engine"
    build_trainer
    train
    "$profile_merger" merge -o "$work/engine.profdata.part" "$work"/training/*.profraw ||
        fatal 'the profiles cannot be merged'
    mv "$work/engine.profdata.part" "$work/engine.profdata"
    rm -rf "$work"/{instrumented,trainer,training}
}

# kvbench over that engine, in a folder of this build. gold refuses the profiles of functions that kvbench's own objects have
# too, lld does not.
build_trainer() {
    log 'building kvbench over it'
    rm -f "$work"/trainer/build/*/release/kvbench
    attended env KVSTORE_ENGINE="${work#"$PWD/.rocksdb/"}/trainer/engine" \
        swift build -c release --product kvbench --scratch-path "$work/trainer/build" -j "$jobs" \
        -Xswiftc -use-ld=lld -Xlinker -u__llvm_profile_runtime -Xlinker "$profile_runtime" >"$work/trainer/log" 2>&1 ||
        fatal "kvbench does not build; see $work/trainer/log: $(grep -m 3 'error' "$work/trainer/log")"
}

train() {
    local workload arguments count=0
    log "running ${#training[@]} workloads"
    rm -rf "$work/training"
    mkdir "$work/training"
    for workload in "${training[@]}"; do
        read -rd '' -a arguments <<<"$workload" || true
        count=$((count + 1))
        # Workloads that open stores have children that write them.
        attended env LLVM_PROFILE_FILE="$work/training/$count-%p.profraw" \
            "$work/trainer/build/release/kvbench" run "${arguments[@]}" --quiet --scratch "$work/training" >/dev/null ||
            fatal "the workload ${arguments[0]} failed"
        compgen -G "$work/training/$count-*.profraw" >/dev/null || fatal "the workload ${arguments[0]} left no profile"
        echo "    ran ${arguments[0]}"
    done
}
