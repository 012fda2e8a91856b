#ifndef KVSTORE_LOOPS_H
#define KVSTORE_LOOPS_H

#include <stddef.h>
#include <stdint.h>

// Loops of one call of the engine's C API, each the twin of one in Swift. They end the process when a call fails.

typedef struct loop_database loop_database;

/// Opens the database in a folder, made if missing, with the options that the one in another folder was left with, and with
/// `more` on top, if that is not null: options as the engine writes them.
loop_database *_Nonnull loop_open(
    const char *_Nonnull directory, const char *_Nonnull options_from, uint64_t cache_bytes, double bloom_bits,
    const char *_Nullable more);
void loop_close(loop_database *_Nonnull database);

/// Keys one after another, all of one size; a loop takes them in turn.
typedef struct {
  const char *_Nonnull bytes;
  size_t size;
  uint64_t count;
} loop_keys;

/// Each returns something made of all that it has read.
uint64_t loop_get_pinned(loop_database *_Nonnull database, loop_keys keys, uint64_t operations);
uint64_t loop_get_copy(loop_database *_Nonnull database, loop_keys keys, uint64_t operations);
/// Gets `together` keys a call, which are in order, and copies the values.
uint64_t loop_get_many(loop_database *_Nonnull database, loop_keys keys, uint64_t together, uint64_t operations);
uint64_t loop_scan(loop_database *_Nonnull database, uint64_t steps);
/// The same from a key on.
uint64_t loop_scan_from(
    loop_database *_Nonnull database, const char *_Nonnull key, size_t key_size, uint64_t steps);
/// Steps, and nothing that is read at them.
uint64_t loop_step(loop_database *_Nonnull database, uint64_t steps);
void loop_put(
    loop_database *_Nonnull database, loop_keys keys, const char *_Nonnull value, size_t value_size,
    uint64_t operations);
/// Puts from threads, each the keys of its own part.
void loop_put_threads(
    loop_database *_Nonnull database, loop_keys keys, const char *_Nonnull value, size_t value_size,
    uint64_t threads, uint64_t operations);
void loop_batch(
    loop_database *_Nonnull database, loop_keys keys, const char *_Nonnull value, size_t value_size,
    uint64_t together, uint64_t operations, int synced);
/// Puts each key with a value of its own, 1,000 in a commit.
void loop_fill(
    loop_database *_Nonnull database, loop_keys keys, const void *_Nonnull values, size_t value_size);
/// Writes the memtable to a file and compacts everything.
void loop_settle(loop_database *_Nonnull database);
/// Adds one to a number under a mutex.
void loop_update(loop_database *_Nonnull database, loop_keys keys, uint64_t operations);

#endif
