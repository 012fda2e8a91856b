# The public declarations of the library, as symbol graphs. Source it, after scripts/lib.sh; it runs nothing.
# shellcheck shell=bash

# Whatever `import KVStore` brings, and the other products that need no trait.
# shellcheck disable=SC2034  # for the scripts that source this
readonly guide_modules=(KVStoreInterface KVStore)
# shellcheck disable=SC2034
readonly public_modules=("${guide_modules[@]}" KVStoreTables KVStoreFoundation KVStoreTesting)

# Writes the symbol graphs of modules into a folder.
extract_symbols() {
    local folder=$1 modules=("${@:2}") programs target module map maps=()
    # Where and how scripts/test.sh builds, so that nothing is built twice.
    local scratch=.build-test
    local build=(swift build --quiet --scratch-path "$scratch")
    warnings_are_errors
    mkdir -p "$folder"
    for module in "${modules[@]}"; do "${build[@]}" --target "$module"; done
    programs=$("${build[@]}" --show-bin-path)
    target=$(swift -print-target-info | sed -n 's/^ *"unversionedTriple": "\(.*\)",$/\1/p')
    # The C modules that are imported, ours and those of dependencies.
    for map in Sources/*/module.modulemap Sources/*/include/module.modulemap "$programs"/C*.build/module.modulemap \
        "$scratch"/checkouts/*/Sources/*/module.modulemap "$scratch"/checkouts/*/Sources/*/include/module.modulemap; do
        if [[ -f $map ]]; then maps+=(-Xcc "-fmodule-map-file=$map"); fi
    done
    for module in "${modules[@]}"; do
        swift symbolgraph-extract -module-name "$module" -target "$target" -I "$programs/Modules" "${maps[@]}" \
            -minimum-access-level public -emit-extension-block-symbols -skip-synthesized-members -output-dir "$folder" \
            2>"$folder/log" || fatal "the declarations of $module cannot be read: $(cat "$folder/log")"
    done
}
