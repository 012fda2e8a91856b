#ifndef KVSTORE_HARNESS_OPEN_H
#define KVSTORE_HARNESS_OPEN_H

#include <stdint.h>

#include "engine.h"

/// Opens the database in a folder, made if missing, with the options that the one in another folder was left with: those
/// that the engine wrote down there. It does not write down how many bits a key has in filters: 0 is for no filters. `more`
/// is options on top as the engine writes them, or null. Returns null, with an error of the engine, when it cannot be.
rocksdb_t *open_like(
    const char *directory, const char *options_from, uint64_t cache_bytes, double bloom_bits, const char *more,
    rocksdb_column_family_handle_t **family, char **error);

#endif
