#ifndef KVSTORE_HARNESS_LOAD_H
#define KVSTORE_HARNESS_LOAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "content.h"
#include "engine.h"
#include "harness.h"
#include "histogram.h"

/// An open database, the options of its calls, and what its threads share.
typedef struct load {
  const harness_run *run;
  harness_result *result;
  rocksdb_t *database;
  rocksdb_writeoptions_t *write_options;
  rocksdb_readoptions_t *read_options;
  pthread_barrier_t start;
  pthread_mutex_t failing;
  atomic_bool is_stopped;
  /// Whether something was written since the log was synced.
  atomic_bool is_unsynced;
  /// What a workload's threads share.
  void *shared;
} load;

/// One thread of a workload.
typedef struct worker {
  load *load;
  int number;
  histogram writes, reads;
  uint64_t errors;
  pthread_t thread;
  /// Does one operation; returns the histogram that it is counted in, or null when it went wrong.
  histogram *(*step)(struct worker *);
  uint64_t share;
  void *state;
} worker;

/// Opens a new database as the run says. Returns zero, with the failure noted, when it cannot be.
int open_database(load *load, const harness_run *run, harness_result *result);
void close_database(load *load);

/// Notes what went wrong, the first time in words, and counts it.
void fail(load *load, const char *format, ...) __attribute__((format(printf, 2, 3)));
/// Notes and frees an error text of the engine. Returns whether there was one.
int failed(load *load, const char *call, char *error);

/// Runs the workers at once, each until its share is done or the time is up, and measures them.
void run_workers(load *load, worker *workers);
worker *make_workers(load *load, histogram *(*step)(worker *), size_t state_size);
void free_workers(load *load, worker *workers);

void run_messages(load *load);
void run_messages_model(load *load);
void run_fill_random(load *load);
void run_read_random(load *load);
void run_scan(load *load);

/// Options of a scan that begins at a key and may end before another; the bounds must outlive it.
rocksdb_readoptions_t *scan_options(const char *lower, size_t lower_size, const char *upper, size_t upper_size);

#endif
