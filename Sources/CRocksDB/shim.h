#ifndef KVSTORE_CROCKSDB_SHIM_H
#define KVSTORE_CROCKSDB_SHIM_H

// The header of the engine that is linked: see engine.ld, and Package.swift for an engine that was chosen.
#if !defined(KVSTORE_ENGINE_CHOSEN) && __has_include("../../.rocksdb/include/rocksdb/c.h")
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

/// Lets the engine remove files again, when all who stopped it have called this.
///
/// Newer engines take no `force`, and do what older ones did without it. The header says nowhere of which version it
/// is: the type of its function does.
static inline void kvstore_enable_file_deletions(rocksdb_t *db, char **error) {
  typedef void (*with_force)(rocksdb_t *, unsigned char, char **);
  typedef void (*without_force)(rocksdb_t *, char **);
  _Generic(&rocksdb_enable_file_deletions,
      with_force: ((with_force)rocksdb_enable_file_deletions)(db, 0, error),
      without_force: ((without_force)rocksdb_enable_file_deletions)(db, error));
}

#endif
