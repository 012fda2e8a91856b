#include "load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "open.h"

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static double cpu_microseconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

void fail(load *load, const char *format, ...) {
  pthread_mutex_lock(&load->failing);
  load->result->errors++;
  if (load->result->failure[0] == 0) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(load->result->failure, sizeof load->result->failure, format, arguments);
    va_end(arguments);
  }
  if (load->result->errors >= 1000) atomic_store(&load->is_stopped, 1);
  pthread_mutex_unlock(&load->failing);
}

int failed(load *load, const char *call, char *error) {
  if (!error) return 0;
  fail(load, "%s: %s", call, error);
  rocksdb_free(error);
  return 1;
}

int open_database(load *load, const harness_run *run, harness_result *result) {
  memset(load, 0, sizeof *load);
  memset(result, 0, sizeof *result);
  load->run = run;
  load->result = result;
  pthread_mutex_init(&load->failing, NULL);

  char *error = NULL;
  rocksdb_column_family_handle_t *family = NULL;
  load->database =
      open_like(run->directory, run->options_from, run->cache_bytes, run->bloom_bits, NULL, &family, &error);
  if (failed(load, "opening the database", error)) return 0;
  rocksdb_column_family_handle_destroy(family);

  load->write_options = rocksdb_writeoptions_create();
  rocksdb_writeoptions_set_sync(load->write_options, run->synced != 0);
  load->read_options = rocksdb_readoptions_create();
  rocksdb_readoptions_set_ignore_range_deletions(load->read_options, 1);
  return 1;
}

void close_database(load *load) {
  rocksdb_writeoptions_destroy(load->write_options);
  rocksdb_readoptions_destroy(load->read_options);
  rocksdb_close(load->database);
}

rocksdb_readoptions_t *scan_options(const char *lower, size_t lower_size, const char *upper, size_t upper_size) {
  rocksdb_readoptions_t *options = rocksdb_readoptions_create();
  rocksdb_readoptions_set_ignore_range_deletions(options, 1);
  rocksdb_readoptions_set_background_purge_on_iterator_cleanup(options, 1);
  if (lower) rocksdb_readoptions_set_iterate_lower_bound(options, lower, lower_size);
  if (upper) rocksdb_readoptions_set_iterate_upper_bound(options, upper, upper_size);
  return options;
}

worker *make_workers(load *load, histogram *(*step)(worker *), size_t state_size) {
  size_t count = (size_t)load->run->workers;
  worker *workers = calloc(count, sizeof *workers);
  if (!workers) abort();
  for (size_t number = 0; number < count; number++) {
    worker *one = workers + number;
    one->load = load;
    one->number = (int)number;
    one->step = step;
    one->state = calloc(1, state_size);
    if (!one->state) abort();
    uint64_t operations = load->run->operations;
    one->share = operations == 0 ? UINT64_MAX : operations / count + (number < operations % count);
  }
  return workers;
}

void free_workers(load *load, worker *workers) {
  for (int number = 0; number < load->run->workers; number++) free(workers[number].state);
  free(workers);
}

static void *work(void *argument) {
  worker *self = argument;
  pthread_barrier_wait(&self->load->start);
  double seconds = self->load->run->seconds;
  uint64_t last = now(), deadline = seconds > 0 ? last + (uint64_t)(seconds * 1e9) : UINT64_MAX;
  for (uint64_t done = 0; done < self->share && last < deadline && !atomic_load_explicit(
           &self->load->is_stopped, memory_order_relaxed); done++) {
    histogram *into = self->step(self);
    uint64_t time = now();
    if (into) record(into, time - last);
    last = time;
  }
  return NULL;
}

/// Syncs the log at the interval for as long as the workers run, by an empty synced write.
static void *sync_log(void *argument) {
  load *load = argument;
  rocksdb_writeoptions_t *options = rocksdb_writeoptions_create();
  rocksdb_writeoptions_set_sync(options, 1);
  uint64_t interval = (uint64_t)(load->run->sync_interval * 1e9), next = now() + interval;
  while (!atomic_load_explicit(&load->is_stopped, memory_order_relaxed)) {
    struct timespec pause = {0, 5000000};
    nanosleep(&pause, NULL);
    if (now() < next) continue;
    next = now() + interval;
    if (!atomic_exchange(&load->is_unsynced, 0)) continue;
    rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
    rocksdb_writebatch_put_log_data(batch, "", 0);
    char *error = NULL;
    rocksdb_write(load->database, options, batch, &error);
    failed(load, "syncing the log", error);
    rocksdb_writebatch_destroy(batch);
  }
  rocksdb_writeoptions_destroy(options);
  return NULL;
}

void run_workers(load *load, worker *workers) {
  int count = load->run->workers;
  pthread_barrier_init(&load->start, NULL, (unsigned)count + 1);
  pthread_t syncer;
  int syncs = load->run->sync_interval > 0 && !load->run->synced;
  if (syncs && pthread_create(&syncer, NULL, sync_log, load) != 0) abort();
  for (int number = 0; number < count; number++) {
    if (pthread_create(&workers[number].thread, NULL, work, workers + number) != 0) abort();
  }
  double cpu = cpu_microseconds();
  pthread_barrier_wait(&load->start);
  uint64_t start = now();
  for (int number = 0; number < count; number++) pthread_join(workers[number].thread, NULL);
  load->result->seconds = (double)(now() - start) / 1e9;
  load->result->cpu_microseconds = cpu_microseconds() - cpu;
  atomic_store(&load->is_stopped, 1);
  if (syncs) pthread_join(syncer, NULL);
  pthread_barrier_destroy(&load->start);

  histogram *writes = calloc(1, sizeof *writes), *reads = calloc(1, sizeof *reads);
  if (!writes || !reads) abort();
  for (int number = 0; number < count; number++) {
    add_histogram(writes, &workers[number].writes);
    add_histogram(reads, &workers[number].reads);
  }
  load->result->writes = summarize(writes);
  load->result->reads = summarize(reads);
  free(writes);
  free(reads);
}

int harness_run_workload(const char *name, const harness_run *run, harness_result *result) {
  static const struct {
    const char *name;
    void (*run)(load *);
  } workloads[] = {
      {"messages", run_messages},
      {"messages-model", run_messages_model},
      {"fill-random", run_fill_random},
      {"read-random", run_read_random},
      {"scan", run_scan},
  };
  for (size_t index = 0; index < sizeof workloads / sizeof workloads[0]; index++) {
    if (strcmp(name, workloads[index].name) != 0) continue;
    load load;
    if (open_database(&load, run, result)) {
      workloads[index].run(&load);
      close_database(&load);
    }
    return 1;
  }
  return 0;
}
