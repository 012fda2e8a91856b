#include <stdio.h>
#include <stdlib.h>

#include "load.h"

// The workloads over numbered entries: fill-random, read-random and scan.

typedef struct {
  /// How often each entry was written.
  _Atomic uint32_t *versions;
  permutation order;
} shared;

typedef struct {
  uint64_t next, random;
  char *key, *first, *value;
} state;

static int put(worker *worker, state *self, uint64_t index) {
  load *load = worker->load;
  shared *shared = load->shared;
  uint32_t version = atomic_load_explicit(shared->versions + index, memory_order_acquire) + 1;
  store_digits(index, self->key, load->run->key_size);
  write_value(index, version, load->run->seed, self->value, load->run->value_size);
  char *error = NULL;
  rocksdb_put(
      load->database, load->write_options, self->key, load->run->key_size, self->value, load->run->value_size,
      &error);
  if (!atomic_load_explicit(&load->is_unsynced, memory_order_relaxed)) atomic_store(&load->is_unsynced, 1);
  if (failed(load, "put", error)) return 0;
  atomic_store_explicit(shared->versions + index, version, memory_order_release);
  return 1;
}

/// Whether the value that the engine gave for an entry is the one that was written.
static int check(worker *worker, state *self, uint64_t index, const char *found, size_t size) {
  load *load = worker->load;
  shared *shared = load->shared;
  uint32_t acknowledged = atomic_load_explicit(shared->versions + index, memory_order_acquire);
  uint32_t version = size >= sizeof version ? value_version(found) : acknowledged;
  write_value(index, version, load->run->seed, self->value, load->run->value_size);
  if (size == load->run->value_size && memcmp(found, self->value, size) == 0 && version >= acknowledged) return 1;
  fail(load, "the value of entry %llu is wrong", (unsigned long long)index);
  return 0;
}

static histogram *fill_step(worker *worker) {
  state *self = worker->state;
  shared *shared = worker->load->shared;
  uint64_t index = permuted(&shared->order, self->next);
  self->next += (uint64_t)worker->load->run->workers;
  return put(worker, self, index) ? &worker->writes : NULL;
}

static histogram *read_step(worker *worker) {
  state *self = worker->state;
  load *load = worker->load;
  uint64_t index = random_below(&self->random, load->run->keys);
  store_digits(index, self->key, load->run->key_size);
  char *error = NULL;
  rocksdb_pinnableslice_t *slice =
      rocksdb_get_pinned(load->database, load->read_options, self->key, load->run->key_size, &error);
  if (failed(load, "get", error)) return NULL;
  if (!slice) {
    fail(load, "entry %llu is missing", (unsigned long long)index);
    return NULL;
  }
  size_t size = 0;
  const char *found = rocksdb_pinnableslice_value(slice, &size);
  int is_right = check(worker, self, index, found, size);
  rocksdb_pinnableslice_destroy(slice);
  return is_right ? &worker->reads : NULL;
}

/// Checks up to `limit` entries from `start` on; all of them must be there. Returns how many there were, 0 after a
/// failure.
static uint64_t scan(worker *worker, state *self, uint64_t start, uint64_t limit) {
  load *load = worker->load;
  size_t key_size = load->run->key_size;
  store_digits(start, self->first, key_size);
  rocksdb_readoptions_t *options = scan_options(self->first, key_size, NULL, 0);
  rocksdb_iterator_t *iterator = rocksdb_create_iterator(load->database, options);
  uint64_t count = 0;
  int is_right = 1;
  for (rocksdb_iter_seek_to_first(iterator); count < limit && rocksdb_iter_valid(iterator) && is_right;) {
    size_t found_size = 0, size = 0;
    const char *found = rocksdb_iter_key(iterator, &found_size);
    const char *value = rocksdb_iter_value(iterator, &size);
    store_digits(start + count, self->key, key_size);
    if (found_size != key_size || memcmp(found, self->key, key_size) != 0) {
      fail(load, "a scan shows another key where entry %llu belongs", (unsigned long long)(start + count));
      is_right = 0;
    } else {
      is_right = check(worker, self, start + count, value, size);
    }
    if (++count < limit) rocksdb_iter_next(iterator);
  }
  char *error = NULL;
  rocksdb_iter_get_error(iterator, &error);
  if (failed(load, "scan", error)) is_right = 0;
  rocksdb_iter_destroy(iterator);
  rocksdb_readoptions_destroy(options);
  uint64_t left = load->run->keys - start;
  if (is_right && count != (limit < left ? limit : left)) {
    fail(load, "a scan from entry %llu ends early", (unsigned long long)start);
    is_right = 0;
  }
  return is_right ? count : 0;
}

static histogram *scan_step(worker *worker) {
  state *self = worker->state;
  uint64_t page = worker->load->run->page, start = self->next;
  self->next = start + page < worker->load->run->keys ? start + page : 0;
  return scan(worker, self, start, page) ? &worker->reads : NULL;
}

static worker *begin(load *load, histogram *(*step)(worker *)) {
  const harness_run *run = load->run;
  shared *shared = calloc(1, sizeof *shared);
  if (!shared) abort();
  shared->order = make_permutation(run->keys, run->seed);
  shared->versions = calloc(run->keys, sizeof *shared->versions);
  if (!shared->versions) abort();
  load->shared = shared;
  worker *workers = make_workers(load, step, sizeof(state));
  for (int number = 0; number < run->workers; number++) {
    state *state = workers[number].state;
    uint64_t seeds = run->seed + (uint64_t)number * 0x9fb21c651e98df25;
    state->random = next_random(&seeds);
    state->key = malloc(run->key_size);
    state->first = malloc(run->key_size);
    state->value = malloc(run->value_size);
    if (!state->key || !state->first || !state->value) abort();
  }
  return workers;
}

static void end(load *load, worker *workers) {
  for (int number = 0; number < load->run->workers; number++) {
    state *state = workers[number].state;
    free(state->key);
    free(state->first);
    free(state->value);
  }
  free_workers(load, workers);
  shared *shared = load->shared;
  free(shared->versions);
  free(shared);
}

/// Writes all entries, 1,000 in a commit, flushes and compacts.
static void fill_and_settle(worker *worker) {
  load *load = worker->load;
  state *self = worker->state;
  shared *shared = load->shared;
  rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
  char *error = NULL;
  for (uint64_t next = 0; next < load->run->keys;) {
    rocksdb_writebatch_clear(batch);
    for (int count = 0; count < 1000 && next < load->run->keys; count++, next++) {
      store_digits(next, self->key, load->run->key_size);
      write_value(next, 1, load->run->seed, self->value, load->run->value_size);
      rocksdb_writebatch_put(batch, self->key, load->run->key_size, self->value, load->run->value_size);
      atomic_store_explicit(shared->versions + next, 1, memory_order_relaxed);
    }
    rocksdb_write(load->database, load->write_options, batch, &error);
    if (failed(load, "write", error)) break;
  }
  rocksdb_writebatch_destroy(batch);
  rocksdb_flushoptions_t *options = rocksdb_flushoptions_create();
  rocksdb_flush(load->database, options, &error);
  rocksdb_flushoptions_destroy(options);
  failed(load, "flush", error);
  rocksdb_compact_range(load->database, NULL, 0, NULL, 0);
}

void run_fill_random(load *load) {
  worker *workers = begin(load, fill_step);
  uint64_t total = load->run->operations, count = (uint64_t)load->run->workers;
  if (total == 0 || total > load->run->keys) total = load->run->keys;
  for (uint64_t number = 0; number < count; number++) {
    ((state *)workers[number].state)->next = number;
    workers[number].share = total / count + (number < total % count);
  }
  run_workers(load, workers);
  // With a limit the entries that are there have gaps, which the scan does not know.
  if (load->result->errors == 0 && load->result->writes.count == load->run->keys)
    scan(workers, workers[0].state, 0, UINT64_MAX);
  end(load, workers);
}

void run_read_random(load *load) {
  worker *workers = begin(load, read_step);
  fill_and_settle(workers);
  if (load->result->errors == 0) run_workers(load, workers);
  end(load, workers);
}

void run_scan(load *load) {
  worker *workers = begin(load, scan_step);
  for (int number = 0; number < load->run->workers; number++) {
    ((state *)workers[number].state)->next = load->run->keys / (uint64_t)load->run->workers * (uint64_t)number;
  }
  fill_and_settle(workers);
  if (load->result->errors == 0) run_workers(load, workers);
  end(load, workers);
}
