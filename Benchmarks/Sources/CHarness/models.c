#define _GNU_SOURCE
#include "models.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "groups.h"
#include "open.h"

enum { chunk_entries = 8192, chunk_places = 4 * chunk_entries, chunks = 4 };
static const uint64_t ring_size = 64 << 20, flush_size = 256 << 10;

/// Commits on their way into the memtable.
typedef struct {
  _Atomic uint32_t taken, written;
  char *entries;
  /// Numbers of entries, from one on, by the hash of their keys.
  _Atomic uint32_t *places;
} chunk;

typedef struct {
  model_kind kind;
  rocksdb_t *database;
  rocksdb_column_family_handle_t *family;
  rocksdb_writeoptions_t *options;
  size_t key_size, entry_size;
  char *ring;
  _Atomic uint64_t ring_end, unflushed;
  chunk all[chunks];
  _Atomic(chunk *) current;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  /// How many chunks are full, of which the thread behind has taken so many over. Guarded by `lock`.
  uint64_t full, taken_over;
  int is_over;
  int log_file;
  commit_groups *groups;
  rocksdb_writebatch_t *batch;
} model;

typedef struct {
  model *model;
  loop_keys keys;
  const char *value;
} share;

static void check(char *error) {
  if (!error) return;
  fprintf(stderr, "models: %s\n", error);
  abort();
}

/// The checksum stands for any that takes eight bytes at a time.
static void append_to_ring(model *self, const char *key, const char *value) {
  size_t value_size = self->entry_size - self->key_size, size = 16 + self->entry_size;
  uint64_t place = atomic_fetch_add_explicit(&self->ring_end, size, memory_order_relaxed) % (ring_size - size);
  char *record = self->ring + place;
  memcpy(record + 16, key, self->key_size);
  memcpy(record + 16 + self->key_size, value, value_size);
  uint64_t sum = place;
  for (size_t offset = 16; offset + 8 <= size; offset += 8) {
    uint64_t bits;
    memcpy(&bits, record + offset, sizeof bits);
    sum = (sum ^ bits) * 0x9e3779b97f4a7c15;
  }
  memcpy(record, &place, sizeof place);
  memcpy(record + 8, &sum, sizeof sum);
}

static void flush_log(model *self) {
  char *error = NULL;
  rocksdb_flush_wal(self->database, 0, &error);
  check(error);
}

static void put_into_engine(model *self, const char *key, const char *value) {
  char *error = NULL;
  rocksdb_put_cf(
      self->database, self->options, self->family, key, self->key_size, value, self->entry_size - self->key_size, &error);
  check(error);
  if (self->kind == model_engine || self->kind == model_synced) return;
  uint64_t before = atomic_fetch_add_explicit(&self->unflushed, self->entry_size, memory_order_relaxed);
  if (before / flush_size != (before + self->entry_size) / flush_size) flush_log(self);
}

/// Has the next chunk take entries: it waits for the thread behind while that has none left.
static void begin_next(model *self) {
  pthread_mutex_lock(&self->lock);
  self->full++;
  pthread_cond_broadcast(&self->changed);
  while (self->full - self->taken_over >= chunks) pthread_cond_wait(&self->changed, &self->lock);
  chunk *next = &self->all[self->full % chunks];
  pthread_mutex_unlock(&self->lock);
  memset((void *)next->places, 0, chunk_places * sizeof *next->places);
  atomic_store(&next->written, 0);
  atomic_store(&next->taken, 0);
  atomic_store(&self->current, next);
}

static void put_in_front(model *self, const char *key, const char *value) {
  append_to_ring(self, key, value);
  chunk *chunk;
  uint32_t number;
  while (1) {
    chunk = atomic_load_explicit(&self->current, memory_order_acquire);
    number = atomic_fetch_add(&chunk->taken, 1);
    if (number < chunk_entries) break;
    while (atomic_load_explicit(&self->current, memory_order_acquire) == chunk) sched_yield();
  }
  char *entry = chunk->entries + number * self->entry_size;
  memcpy(entry, key, self->key_size);
  memcpy(entry + self->key_size, value, self->entry_size - self->key_size);
  uint64_t hash;
  memcpy(&hash, key + self->key_size - 8, sizeof hash);
  hash = (hash * 0x9e3779b97f4a7c15) >> 32;
  uint32_t free_place = 0;
  while (!atomic_compare_exchange_strong(&chunk->places[hash & (chunk_places - 1)], &free_place, number + 1)) {
    free_place = 0;
    hash++;
  }
  atomic_fetch_add(&chunk->written, 1);
  if (number == chunk_entries - 1) begin_next(self);
}

static void sync_batch(void *context, const char *records, uint64_t count) {
  model *self = context;
  rocksdb_writebatch_clear(self->batch);
  for (uint64_t number = 0; number < count; number++, records += self->entry_size) {
    rocksdb_writebatch_put_cf(
        self->batch, self->family, records, self->key_size, records + self->key_size, self->entry_size - self->key_size);
  }
  char *error = NULL;
  rocksdb_write(self->database, self->options, self->batch, &error);
  check(error);
}

static void sync_log(void *context, const char *records, uint64_t count) {
  model *self = context;
  const size_t size = count * self->entry_size;
  if (write(self->log_file, records, size) != (ssize_t)size || fdatasync(self->log_file) != 0) abort();
}

static void sync_alone(model *self, loop_keys keys, uint64_t together) {
  char *records = calloc(together, self->entry_size);
  if (!records) abort();
  for (uint64_t done = 0; done < keys.count; done += together) sync_log(self, records, together);
  free(records);
}

static int is_in_front(model_kind kind) { return kind == model_front || kind == model_front_unsorted; }

static void *put_share(void *argument) {
  share *self = argument;
  for (uint64_t next = 0; next < self->keys.count; next++) {
    const char *key = self->keys.bytes + next * self->keys.size;
    if (is_in_front(self->model->kind)) {
      put_in_front(self->model, key, self->value);
    } else if (self->model->groups) {
      groups_commit(self->model->groups, key, self->model->key_size, self->value);
    } else {
      if (self->model->kind == model_ring) append_to_ring(self->model, key, self->value);
      put_into_engine(self->model, key, self->value);
    }
  }
  return NULL;
}

static int compare(const void *one, const void *other, void *size) {
  return memcmp(*(char *const *)one, *(char *const *)other, *(const size_t *)size);
}

static void insert(model *self, chunk *chunk, uint32_t count, char **sorted, rocksdb_writebatch_t *batch) {
  while (atomic_load(&chunk->written) < count) sched_yield();
  for (uint32_t number = 0; number < count; number++) sorted[number] = chunk->entries + number * self->entry_size;
  if (self->kind == model_front) qsort_r(sorted, count, sizeof *sorted, compare, &self->key_size);
  rocksdb_writebatch_clear(batch);
  for (uint32_t number = 0; number < count; number++) {
    rocksdb_writebatch_put_cf(
        batch, self->family, sorted[number], self->key_size, sorted[number] + self->key_size,
        self->entry_size - self->key_size);
  }
  char *error = NULL;
  rocksdb_write(self->database, self->options, batch, &error);
  check(error);
}

static void *insert_chunks(void *argument) {
  model *self = argument;
  char **sorted = calloc(chunk_entries, sizeof *sorted);
  if (!sorted) abort();
  rocksdb_writebatch_t *batch = rocksdb_writebatch_create();
  pthread_mutex_lock(&self->lock);
  while (1) {
    while (self->full == self->taken_over && !self->is_over) pthread_cond_wait(&self->changed, &self->lock);
    if (self->full == self->taken_over) break;
    chunk *next = &self->all[self->taken_over % chunks];
    pthread_mutex_unlock(&self->lock);
    insert(self, next, chunk_entries, sorted, batch);
    pthread_mutex_lock(&self->lock);
    self->taken_over++;
    pthread_cond_broadcast(&self->changed);
  }
  pthread_mutex_unlock(&self->lock);
  chunk *last = atomic_load(&self->current);
  uint32_t count = atomic_load(&last->taken);
  insert(self, last, count < chunk_entries ? count : chunk_entries, sorted, batch);
  rocksdb_writebatch_destroy(batch);
  free(sorted);
  return NULL;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void make_front(model *self, const char *directory) {
  char path[4096];
  snprintf(path, sizeof path, "%s/ring", directory);
  int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0 || posix_fallocate(file, 0, (off_t)ring_size) != 0) abort();
  self->ring = mmap(NULL, ring_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
  if (self->ring == MAP_FAILED) abort();
  close(file);
  for (int number = 0; number < chunks; number++) {
    self->all[number].entries = calloc(chunk_entries, self->entry_size);
    self->all[number].places = calloc(chunk_places, sizeof *self->all[number].places);
    if (!self->all[number].entries || !self->all[number].places) abort();
  }
  atomic_store(&self->current, &self->all[0]);
  pthread_mutex_init(&self->lock, NULL);
  pthread_cond_init(&self->changed, NULL);
}

static void make_log(model *self, const char *directory, uint64_t threads) {
  char path[4096];
  snprintf(path, sizeof path, "%s/records", directory);
  self->log_file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (self->log_file < 0) abort();
  rocksdb_writeoptions_set_sync(self->options, self->kind >= model_synced);
  self->batch = rocksdb_writebatch_create();
  if (self->kind == model_synced_groups) self->groups = groups_create(self->entry_size, threads, sync_batch, self);
  if (self->kind == model_synced_log) self->groups = groups_create(self->entry_size, threads, sync_log, self);
}

static void free_log(model *self) {
  if (self->groups) groups_free(self->groups);
  rocksdb_writebatch_destroy(self->batch);
  close(self->log_file);
}

static void free_front(model *self) {
  munmap(self->ring, ring_size);
  for (int number = 0; number < chunks; number++) {
    free(self->all[number].entries);
    free((void *)self->all[number].places);
  }
}

double model_put(
    model_kind kind, const char *directory, const char *options_from, uint64_t cache_bytes, double bloom_bits,
    loop_keys keys, const char *value, size_t value_size, uint64_t threads) {
  model *self = calloc(1, sizeof *self);
  pthread_t *ids = calloc(threads, sizeof *ids), behind;
  share *shares = calloc(threads, sizeof *shares);
  if (!self || !ids || !shares) abort();
  self->kind = kind;
  self->key_size = keys.size;
  self->entry_size = keys.size + value_size;
  char *error = NULL;
  int by_hand = kind == model_flushed_by_hand || kind == model_ring;
  self->database = open_like(
      directory, options_from, cache_bytes, bloom_bits, by_hand ? "manual_wal_flush=true" : NULL, &self->family, &error);
  check(error);
  self->options = rocksdb_writeoptions_create();
  make_front(self, directory);
  make_log(self, directory, threads);
  double begun = now();
  if (is_in_front(kind) && pthread_create(&behind, NULL, insert_chunks, self) != 0) abort();
  if (kind == model_synced_alone) sync_alone(self, keys, threads);
  const uint64_t running = kind == model_synced_alone ? 0 : threads;
  for (uint64_t number = 0; number < running; number++) {
    uint64_t count = keys.count / threads;
    loop_keys own = {.bytes = keys.bytes + number * count * keys.size, .size = keys.size, .count = count};
    shares[number] = (share){self, own, value};
    if (pthread_create(&ids[number], NULL, put_share, &shares[number]) != 0) abort();
  }
  for (uint64_t number = 0; number < running; number++) pthread_join(ids[number], NULL);
  if (is_in_front(kind)) {
    pthread_mutex_lock(&self->lock);
    self->is_over = 1;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
    pthread_join(behind, NULL);
  }
  if (by_hand) flush_log(self);
  double took = now() - begun;
  free_front(self);
  free_log(self);
  rocksdb_writeoptions_destroy(self->options);
  rocksdb_column_family_handle_destroy(self->family);
  rocksdb_close(self->database);
  free(shares);
  free(ids);
  free(self);
  return took;
}
