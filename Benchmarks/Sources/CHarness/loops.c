#include "loops.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "open.h"

struct loop_database {
  rocksdb_t *database;
  rocksdb_column_family_handle_t *family;
  rocksdb_readoptions_t *read_options;
  rocksdb_writeoptions_t *write_options;
  rocksdb_writeoptions_t *synced_options;
  rocksdb_writebatch_t *batch;
  pthread_mutex_t mutex;
};

static void check(char *error) {
  if (!error) return;
  fprintf(stderr, "loops: %s\n", error);
  abort();
}

loop_database *loop_open(
    const char *directory, const char *options_from, uint64_t cache_bytes, double bloom_bits, const char *more) {
  loop_database *self = calloc(1, sizeof *self);
  if (!self) abort();
  char *error = NULL;
  self->database = open_like(directory, options_from, cache_bytes, bloom_bits, more, &self->family, &error);
  check(error);
  self->read_options = rocksdb_readoptions_create();
  rocksdb_readoptions_set_ignore_range_deletions(self->read_options, 1);
  self->write_options = rocksdb_writeoptions_create();
  self->synced_options = rocksdb_writeoptions_create();
  rocksdb_writeoptions_set_sync(self->synced_options, 1);
  self->batch = rocksdb_writebatch_create();
  pthread_mutex_init(&self->mutex, NULL);
  return self;
}

void loop_close(loop_database *self) {
  rocksdb_writebatch_destroy(self->batch);
  rocksdb_readoptions_destroy(self->read_options);
  rocksdb_writeoptions_destroy(self->write_options);
  rocksdb_writeoptions_destroy(self->synced_options);
  rocksdb_column_family_handle_destroy(self->family);
  rocksdb_close(self->database);
  free(self);
}

static inline const char *key_of(loop_keys keys, uint64_t operation) {
  return keys.bytes + operation % keys.count * keys.size;
}

/// The value of a key; NULL when there is none.
static inline rocksdb_pinnableslice_t *get(loop_database *self, const char *key, size_t size) {
  char *error = NULL;
  rocksdb_pinnableslice_t *slice =
      rocksdb_get_pinned_cf(self->database, self->read_options, self->family, key, size, &error);
  check(error);
  return slice;
}

uint64_t loop_get_pinned(loop_database *self, loop_keys keys, uint64_t operations) {
  uint64_t sum = 0;
  for (uint64_t operation = 0; operation < operations; operation++) {
    rocksdb_pinnableslice_t *slice = get(self, key_of(keys, operation), keys.size);
    if (!slice) continue;
    size_t size = 0;
    const char *value = rocksdb_pinnableslice_value(slice, &size);
    sum += size + (unsigned char)value[0];
    rocksdb_pinnableslice_destroy(slice);
  }
  return sum;
}

uint64_t loop_get_copy(loop_database *self, loop_keys keys, uint64_t operations) {
  uint64_t sum = 0;
  for (uint64_t operation = 0; operation < operations; operation++) {
    rocksdb_pinnableslice_t *slice = get(self, key_of(keys, operation), keys.size);
    if (!slice) continue;
    size_t size = 0;
    const char *value = rocksdb_pinnableslice_value(slice, &size);
    char *copy = malloc(size);
    if (!copy) abort();
    memcpy(copy, value, size);
    rocksdb_pinnableslice_destroy(slice);
    sum += size + (unsigned char)copy[0];
    free(copy);
  }
  return sum;
}

uint64_t loop_get_many(loop_database *self, loop_keys keys, uint64_t together, uint64_t operations) {
  uint64_t sum = 0;
  for (uint64_t operation = 0; operation < operations; operation++) {
    const char **starts = malloc(together * sizeof *starts);
    size_t *sizes = malloc(together * sizeof *sizes);
    rocksdb_pinnableslice_t **slices = calloc(together, sizeof *slices);
    char **errors = calloc(together, sizeof *errors), **copies = calloc(together, sizeof *copies);
    if (!starts || !sizes || !slices || !errors || !copies) abort();
    for (uint64_t number = 0; number < together; number++) {
      starts[number] = key_of(keys, operation * together + number);
      sizes[number] = keys.size;
    }
    rocksdb_batched_multi_get_cf(
        self->database, self->read_options, self->family, together, starts, sizes, slices, errors, 1);
    for (uint64_t number = 0; number < together; number++) {
      check(errors[number]);
      if (!slices[number]) continue;
      size_t size = 0;
      const char *value = rocksdb_pinnableslice_value(slices[number], &size);
      copies[number] = malloc(size);
      if (!copies[number]) abort();
      memcpy(copies[number], value, size);
      sum += size + (unsigned char)copies[number][0];
      rocksdb_pinnableslice_destroy(slices[number]);
    }
    for (uint64_t number = 0; number < together; number++) free(copies[number]);
    free(starts);
    free(sizes);
    free(slices);
    free(errors);
    free(copies);
  }
  return sum;
}

static void end_scan(rocksdb_iterator_t *iterator) {
  char *error = NULL;
  rocksdb_iter_get_error(iterator, &error);
  check(error);
  rocksdb_iter_destroy(iterator);
}

static uint64_t scan(rocksdb_iterator_t *iterator, uint64_t steps) {
  uint64_t sum = 0;
  for (uint64_t step = 0; step < steps; step++) {
    if (!rocksdb_iter_valid(iterator)) break;
    size_t key_size = 0, size = 0;
    const char *key = rocksdb_iter_key(iterator, &key_size);
    const char *value = rocksdb_iter_value(iterator, &size);
    sum += key_size + (unsigned char)key[0] + size + (unsigned char)value[0];
    rocksdb_iter_next(iterator);
  }
  end_scan(iterator);
  return sum;
}

uint64_t loop_scan(loop_database *self, uint64_t steps) {
  rocksdb_iterator_t *iterator = rocksdb_create_iterator_cf(self->database, self->read_options, self->family);
  rocksdb_iter_seek_to_first(iterator);
  return scan(iterator, steps);
}

uint64_t loop_scan_from(loop_database *self, const char *key, size_t key_size, uint64_t steps) {
  rocksdb_iterator_t *iterator = rocksdb_create_iterator_cf(self->database, self->read_options, self->family);
  rocksdb_iter_seek(iterator, key, key_size);
  return scan(iterator, steps);
}

uint64_t loop_step(loop_database *self, uint64_t steps) {
  uint64_t step = 0;
  rocksdb_iterator_t *iterator = rocksdb_create_iterator_cf(self->database, self->read_options, self->family);
  for (rocksdb_iter_seek_to_first(iterator); step < steps && rocksdb_iter_valid(iterator); step++) {
    rocksdb_iter_next(iterator);
  }
  end_scan(iterator);
  return step;
}

void loop_put(loop_database *self, loop_keys keys, const char *value, size_t value_size, uint64_t operations) {
  for (uint64_t operation = 0; operation < operations; operation++) {
    char *error = NULL;
    rocksdb_put_cf(
        self->database, self->write_options, self->family, key_of(keys, operation), keys.size, value, value_size,
        &error);
    check(error);
  }
}

struct put_share {
  loop_database *database;
  loop_keys keys;
  const char *value;
  size_t value_size;
  uint64_t operations;
};

static void *put_share(void *argument) {
  struct put_share *share = argument;
  loop_put(share->database, share->keys, share->value, share->value_size, share->operations);
  return NULL;
}

void loop_put_threads(
    loop_database *self, loop_keys keys, const char *value, size_t value_size, uint64_t threads,
    uint64_t operations) {
  pthread_t *ids = calloc(threads, sizeof *ids);
  struct put_share *shares = calloc(threads, sizeof *shares);
  if (!ids || !shares) abort();
  for (uint64_t number = 0; number < threads; number++) {
    uint64_t count = keys.count / threads;
    loop_keys own = {.bytes = keys.bytes + number * count * keys.size, .size = keys.size, .count = count};
    shares[number] = (struct put_share){self, own, value, value_size, operations / threads};
    if (pthread_create(&ids[number], NULL, put_share, &shares[number]) != 0) abort();
  }
  for (uint64_t number = 0; number < threads; number++) pthread_join(ids[number], NULL);
  free(shares);
  free(ids);
}

void loop_batch(
    loop_database *self, loop_keys keys, const char *value, size_t value_size, uint64_t together,
    uint64_t operations, int synced) {
  for (uint64_t operation = 0; operation < operations; operation++) {
    rocksdb_writebatch_clear(self->batch);
    for (uint64_t number = 0; number < together; number++) {
      rocksdb_writebatch_put_cf(
          self->batch, self->family, key_of(keys, operation * together + number), keys.size, value, value_size);
    }
    char *error = NULL;
    rocksdb_write(self->database, synced ? self->synced_options : self->write_options, self->batch, &error);
    check(error);
  }
}

void loop_fill(loop_database *self, loop_keys keys, const void *values, size_t value_size) {
  for (uint64_t next = 0; next < keys.count;) {
    rocksdb_writebatch_clear(self->batch);
    for (int count = 0; count < 1000 && next < keys.count; count++, next++) {
      const char *value = (const char *)values + next * value_size;
      rocksdb_writebatch_put_cf(self->batch, self->family, key_of(keys, next), keys.size, value, value_size);
    }
    char *error = NULL;
    rocksdb_write(self->database, self->write_options, self->batch, &error);
    check(error);
  }
}

void loop_settle(loop_database *self) {
  char *error = NULL;
  rocksdb_flushoptions_t *options = rocksdb_flushoptions_create();
  rocksdb_flush_cf(self->database, options, self->family, &error);
  rocksdb_flushoptions_destroy(options);
  check(error);
  rocksdb_compact_range_cf(self->database, self->family, NULL, 0, NULL, 0);
}

void loop_update(loop_database *self, loop_keys keys, uint64_t operations) {
  for (uint64_t operation = 0; operation < operations; operation++) {
    const char *key = key_of(keys, operation);
    uint64_t number = 0;
    pthread_mutex_lock(&self->mutex);
    rocksdb_pinnableslice_t *slice = get(self, key, keys.size);
    if (slice) {
      size_t size = 0;
      const char *value = rocksdb_pinnableslice_value(slice, &size);
      if (size == sizeof number) memcpy(&number, value, sizeof number);
      rocksdb_pinnableslice_destroy(slice);
    }
    number++;
    char *error = NULL;
    rocksdb_put_cf(
        self->database, self->write_options, self->family, key, keys.size, (const char *)&number, sizeof number,
        &error);
    check(error);
    pthread_mutex_unlock(&self->mutex);
  }
}
