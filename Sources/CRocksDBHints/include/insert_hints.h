#ifndef KVSTORE_INSERT_HINTS_H
#define KVSTORE_INSERT_HINTS_H

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rocksdb_options_t rocksdb_options_t;

/// Has memtables that are made of these options remember where keys of a kind were inserted last: RocksDB's
/// `memtable_insert_with_hint_prefix_extractor`, which its C API does not set.
///
/// Returns whether it did. It leaves engines alone that it was not tested with.
int kvstore_set_insert_hints(rocksdb_options_t *options);

#ifdef __cplusplus
}
#endif

#endif
