#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#include "load.h"

// The messages load: a mutex around read, modify and commit.

typedef struct {
  pthread_mutex_t mutex;
  /// How many messages of each stream were acknowledged, a cache line each.
  struct {
    _Alignas(64) _Atomic uint64_t count;
  } acknowledged[streams];
  /// How many were committed in all, in the model.
  _Atomic uint64_t committed;
} shared;

enum { prefix_room = 64 };

typedef struct {
  uint64_t next;
  int pending_read;
  rocksdb_writebatch_t *batch;
  char *message;
  char message_key[2 + number_width];
  char category_key[8 + number_width];
  char number[number_width];
  struct {
    char name[32], version[32], position[prefix_room];
    size_t name_size, version_size, prefix_size;
  } stream[streams];
} state;

static void make_keys(state *self) {
  memcpy(self->message_key, "M:", 2);
  memcpy(self->category_key, "CI:test:", 8);
  for (int stream = 0; stream < streams; stream++) {
    self->stream[stream].name_size =
        (size_t)snprintf(self->stream[stream].name, sizeof self->stream[stream].name, "test-stream-%d", stream);
    self->stream[stream].version_size = (size_t)snprintf(
        self->stream[stream].version, sizeof self->stream[stream].version, "VI:%s", self->stream[stream].name);
    self->stream[stream].prefix_size = (size_t)snprintf(
        self->stream[stream].position, prefix_room, "SI:%s:", self->stream[stream].name);
  }
}

/// The number under a key, -1 when there is none, -2 after a failure.
static int64_t get_number(load *load, const char *key, size_t size) {
  char *error = NULL;
  rocksdb_pinnableslice_t *slice = rocksdb_get_pinned(load->database, load->read_options, key, size, &error);
  if (failed(load, "get", error)) return -2;
  if (!slice) return -1;
  size_t count = 0;
  const char *bytes = rocksdb_pinnableslice_value(slice, &count);
  uint64_t number = 0;
  int is_number = read_number(bytes, count, &number);
  rocksdb_pinnableslice_destroy(slice);
  if (is_number) return (int64_t)number;
  fail(load, "%.*s holds no number", (int)size, key);
  return -2;
}

/// Adds the five keys of a message to the batch.
static void add(worker *worker, state *self, int stream, uint64_t position, uint64_t global) {
  load *load = worker->load;
  size_t size = load->run->value_size;
  size_t prefix = self->stream[stream].prefix_size;
  store_digits(position, self->stream[stream].position + prefix, number_width);
  store_digits(global, self->message_key + 2, number_width);
  store_digits(global, self->category_key + 8, number_width);
  write_message(stream, position, global, load->run->seed, self->message, size);

  rocksdb_writebatch_t *batch = self->batch;
  rocksdb_writebatch_put(batch, self->message_key, sizeof self->message_key, self->message, size);
  store_digits(global, self->number, number_width);
  rocksdb_writebatch_put(
      batch, self->stream[stream].position, prefix + number_width, self->number, number_width);
  rocksdb_writebatch_put(
      batch, self->category_key, sizeof self->category_key, self->stream[stream].name,
      self->stream[stream].name_size);
  store_digits(position, self->number, number_width);
  rocksdb_writebatch_put(
      batch, self->stream[stream].version, self->stream[stream].version_size, self->number, number_width);
  store_digits(global + 1, self->number, number_width);
  rocksdb_writebatch_put(batch, "GP", 2, self->number, number_width);
}

static int commit(load *load, state *self) {
  char *error = NULL;
  rocksdb_write(load->database, load->write_options, self->batch, &error);
  if (!atomic_load_explicit(&load->is_unsynced, memory_order_relaxed)) atomic_store(&load->is_unsynced, 1);
  rocksdb_writebatch_clear(self->batch);
  return !failed(load, "write", error);
}

/// Reads two counters and writes five keys. Called with the mutex held.
static int append(worker *worker, state *self, int stream) {
  load *load = worker->load;
  int64_t last = get_number(load, self->stream[stream].version, self->stream[stream].version_size);
  int64_t next = get_number(load, "GP", 2);
  if (last == -2 || next == -2) return 0;
  add(worker, self, stream, last == -1 ? 0 : (uint64_t)last + 1, next == -1 ? 1 : (uint64_t)next);
  return commit(load, self);
}

/// Reads the first page of a stream and checks every byte of it.
static int read_page(worker *worker, state *self, int stream) {
  load *load = worker->load;
  shared *shared = load->shared;
  size_t size = load->run->value_size, prefix = self->stream[stream].prefix_size;
  uint64_t acknowledged = atomic_load_explicit(&shared->acknowledged[stream].count, memory_order_acquire);
  char *key = self->stream[stream].position;
  // The prefix with its last byte, a colon, one higher.
  char upper[prefix_room];
  memcpy(upper, key, prefix);
  upper[prefix - 1]++;
  char lower[prefix_room];
  memcpy(lower, key, prefix);

  uint64_t page[page_size], count = 0;
  rocksdb_readoptions_t *options = scan_options(lower, prefix, upper, prefix);
  rocksdb_iterator_t *iterator = rocksdb_create_iterator(load->database, options);
  int is_right = 1;
  for (rocksdb_iter_seek_to_first(iterator); count < page_size && rocksdb_iter_valid(iterator) && is_right;) {
    size_t found_size = 0, value_size = 0;
    const char *found = rocksdb_iter_key(iterator, &found_size);
    const char *value = rocksdb_iter_value(iterator, &value_size);
    store_digits(count, key + prefix, number_width);
    if (found_size != prefix + number_width || memcmp(found, key, found_size) != 0 ||
        !read_number(value, value_size, page + count)) {
      fail(load, "entry %d of the page of stream %d is wrong", (int)count, stream);
      is_right = 0;
      break;
    }
    if (++count < page_size) rocksdb_iter_next(iterator);
  }
  char *error = NULL;
  rocksdb_iter_get_error(iterator, &error);
  if (failed(load, "scan", error)) is_right = 0;
  rocksdb_iter_destroy(iterator);
  rocksdb_readoptions_destroy(options);
  if (!is_right) return 0;
  if (count < (acknowledged < page_size ? acknowledged : page_size)) {
    fail(load, "the page of stream %d is too short", stream);
    return 0;
  }
  for (uint64_t position = 0; position < count; position++) {
    store_digits(page[position], self->message_key + 2, number_width);
    write_message(stream, position, page[position], load->run->seed, self->message, size);
    rocksdb_pinnableslice_t *slice = rocksdb_get_pinned(
        load->database, load->read_options, self->message_key, sizeof self->message_key, &error);
    if (failed(load, "get", error)) return 0;
    size_t found_size = 0;
    const char *found = slice ? rocksdb_pinnableslice_value(slice, &found_size) : NULL;
    int is_same = found && found_size == size && memcmp(found, self->message, size) == 0;
    if (slice) rocksdb_pinnableslice_destroy(slice);
    if (!is_same) {
      fail(load, "the message of stream %d at position %d is missing or wrong", stream, (int)position);
      return 0;
    }
  }
  return 1;
}

static histogram *step(worker *worker) {
  state *self = worker->state;
  shared *shared = worker->load->shared;
  if (self->pending_read >= 0) {
    int stream = self->pending_read;
    self->pending_read = -1;
    return read_page(worker, self, stream) ? &worker->reads : NULL;
  }
  uint64_t step = self->next++;
  int stream = (int)(step % streams);
  pthread_mutex_lock(&shared->mutex);
  int is_done = append(worker, self, stream);
  pthread_mutex_unlock(&shared->mutex);
  if (!is_done) return NULL;
  atomic_fetch_add_explicit(&shared->acknowledged[stream].count, 1, memory_order_acq_rel);
  if (step % writes_per_read == 0) self->pending_read = stream;
  return &worker->writes;
}

/// One thread writes ten messages a commit, whose counters it knows; another reads the pages that are due. Nobody waits.
static histogram *model_step(worker *worker) {
  state *self = worker->state;
  shared *shared = worker->load->shared;
  uint64_t step = self->next;
  int stream = (int)(step % streams);
  if (worker->number > 0) {
    if (step * writes_per_read >= atomic_load_explicit(&shared->committed, memory_order_acquire)) {
      sched_yield();
      return NULL;
    }
    self->next++;
    return read_page(worker, self, stream) ? &worker->reads : NULL;
  }
  self->next++;
  add(worker, self, stream, step / streams, step + 1);
  if (self->next % writes_per_read != 0) return &worker->writes;
  if (!commit(worker->load, self)) return NULL;
  for (uint64_t done = step + 1 - writes_per_read; done <= step; done++) {
    atomic_fetch_add_explicit(&shared->acknowledged[done % streams].count, 1, memory_order_acq_rel);
  }
  atomic_store_explicit(&shared->committed, step + 1, memory_order_release);
  return &worker->writes;
}

/// What was not yet ten together.
static void commit_rest(worker *worker) {
  state *self = worker->state;
  shared *shared = worker->load->shared;
  if (!commit(worker->load, self)) return;
  for (uint64_t done = self->next / writes_per_read * writes_per_read; done < self->next; done++) {
    atomic_fetch_add_explicit(&shared->acknowledged[done % streams].count, 1, memory_order_acq_rel);
  }
}

static void run(load *load, histogram *(*step)(worker *)) {
  shared *shared = aligned_alloc(64, sizeof *shared);
  if (!shared) abort();
  memset(shared, 0, sizeof *shared);
  pthread_mutex_init(&shared->mutex, NULL);
  load->shared = shared;
  worker *workers = make_workers(load, step, sizeof(state));
  for (int number = 0; number < load->run->workers; number++) {
    state *state = workers[number].state;
    state->next = step == model_step ? 0 : (uint64_t)number * 1000000;
    state->pending_read = -1;
    state->batch = rocksdb_writebatch_create();
    state->message = malloc(load->run->value_size);
    if (!state->message) abort();
    make_keys(state);
  }
  run_workers(load, workers);
  if (step == model_step) commit_rest(&workers[0]);

  uint64_t total = 0;
  state *any = workers[0].state;
  for (int stream = 0; stream < streams && load->result->errors == 0; stream++) {
    uint64_t count = atomic_load(&shared->acknowledged[stream].count);
    total += count;
    if (get_number(load, any->stream[stream].version, any->stream[stream].version_size) != (int64_t)count - 1)
      fail(load, "stream %d does not end where it was acknowledged", stream);
  }
  if (load->result->errors == 0 && get_number(load, "GP", 2) != (total == 0 ? -1 : (int64_t)total + 1))
    fail(load, "the next global position is not what was acknowledged");

  for (int number = 0; number < load->run->workers; number++) {
    state *state = workers[number].state;
    rocksdb_writebatch_destroy(state->batch);
    free(state->message);
  }
  free_workers(load, workers);
  free(shared);
}

void run_messages(load *load) { run(load, step); }

void run_messages_model(load *load) { run(load, model_step); }
