#ifndef KVSTORE_HARNESS_H
#define KVSTORE_HARNESS_H

#include <stddef.h>
#include <stdint.h>

// Workloads of kvbench over the engine's C API and nothing else: the same keys and values, the same threads, the same
// checks of every answer.

/// What to run.
typedef struct {
  /// An empty folder for the database.
  const char *_Nullable directory;
  /// The folder of a database whose options are taken.
  const char *_Nullable options_from;
  /// The capacity of the block cache, which is no part of the options that an engine writes down.
  uint64_t cache_bytes;
  /// The bits a key has in filters, which is none either.
  double bloom_bits;
  int workers;
  /// The time that no operation is started after; zero for no such limit.
  double seconds;
  /// The operations of all workers together; zero for no such limit.
  uint64_t operations;
  uint64_t keys;
  uint64_t key_size;
  uint64_t value_size;
  /// How many entries one operation of a scan reads.
  uint64_t page;
  uint64_t seed;
  /// Whether each commit is synced.
  int synced;
  /// How often the log is synced in the background, in seconds, as the library does; zero for never.
  double sync_interval;
} harness_run;

/// The latencies of one kind of operation in microseconds.
typedef struct {
  uint64_t count;
  double p50, p90, p99, p999, max, mean;
} harness_latencies;

/// What a run measured.
typedef struct {
  double seconds;
  double cpu_microseconds;
  uint64_t errors;
  harness_latencies writes;
  harness_latencies reads;
  /// The first thing that went wrong, empty when nothing did.
  char failure[512];
} harness_result;

/// Runs the workload of that name. Returns zero when there is none of that name.
int harness_run_workload(
    const char *_Nonnull name, const harness_run *_Nonnull run, harness_result *_Nonnull result);

#endif
