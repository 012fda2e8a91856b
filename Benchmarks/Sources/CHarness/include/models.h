#ifndef KVSTORE_MODELS_H
#define KVSTORE_MODELS_H

#include "loops.h"

// How fast puts could be, one a commit, if commits were handed on in other ways: what would have to be done for that, and
// nothing else. None of them can be read from as it is.

typedef enum {
  /// As the engine does it: each commit goes to the kernel.
  model_engine,
  /// The log is handed to the kernel every 256 KiB. A kill takes what is not there yet.
  model_flushed_by_hand,
  /// The same, and each commit is copied with a checksum into a ring in a file that is mapped, which outlives the process.
  model_ring,
  /// Commits are gathered in front of the memtable, in the ring and in a table by hash; when 8,192 have come together, a
  /// thread behind sorts them and has the engine insert them as one batch.
  model_front,
  /// The same, inserted in the order in which they were committed.
  model_front_unsorted,
  /// As the engine does it, each commit synced.
  model_synced,
  /// Those that come while others are synced are written and synced as one batch, by the first of them.
  model_synced_groups,
  /// The same with a log alone: nothing is inserted.
  model_synced_log,
  /// One thread writes and syncs as much at a time as the threads would at most: the disk, and nobody who waits.
  model_synced_alone,
} model_kind;

/// Opens the database in a folder as `loop_open` does, puts each key once from threads, each those of its own part, and waits
/// until the engine has all of them. Returns the seconds that the puts took.
double model_put(
    model_kind kind, const char *_Nonnull directory, const char *_Nonnull options_from, uint64_t cache_bytes,
    double bloom_bits, loop_keys keys, const char *_Nonnull value, size_t value_size, uint64_t threads);

#endif
