#ifndef KVSTORE_CROCKSDB_SHIM_H
#define KVSTORE_CROCKSDB_SHIM_H

// The header of the engine that is linked: see engine.ld.
#if __has_include("../../.rocksdb/include/rocksdb/c.h")
#include "../../.rocksdb/include/rocksdb/c.h"
#else
#include <rocksdb/c.h>
#endif

#include <stddef.h>

/// Bytes in the engine's memory. Returned in registers: the size that the engine writes through a pointer costs a Swift
/// caller a stack protector, which is a third of what a step of a cursor takes over the engine's calls.
struct kvstore_bytes {
  const char *start;
  size_t count;
};

static inline struct kvstore_bytes kvstore_iterator_key(const rocksdb_iterator_t *iterator) {
  struct kvstore_bytes bytes;
  bytes.start = rocksdb_iter_key(iterator, &bytes.count);
  return bytes;
}

static inline struct kvstore_bytes kvstore_iterator_value(const rocksdb_iterator_t *iterator) {
  struct kvstore_bytes bytes;
  bytes.start = rocksdb_iter_value(iterator, &bytes.count);
  return bytes;
}

static inline struct kvstore_bytes kvstore_slice_value(const rocksdb_pinnableslice_t *slice) {
  struct kvstore_bytes bytes;
  bytes.start = rocksdb_pinnableslice_value(slice, &bytes.count);
  return bytes;
}

#endif
