#define _GNU_SOURCE

#include "groups.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct {
  char *records;
  uint64_t count;
  /// How often it was written. Threads sleep on it.
  _Atomic uint32_t turns;
} group;

struct commit_groups {
  size_t record_size;
  write_group *write;
  void *context;
  pthread_mutex_t lock;
  /// Two take turns. The records are guarded by the lock until the group is written, then its first thread's.
  group all[2];
  /// The number of the group that commits join. Guarded by `lock`.
  uint32_t joined;
};

commit_groups *groups_create(size_t record_size, uint64_t threads, write_group *write, void *context) {
  commit_groups *self = calloc(1, sizeof *self);
  if (!self) abort();
  self->record_size = record_size;
  self->write = write;
  self->context = context;
  pthread_mutex_init(&self->lock, NULL);
  for (int number = 0; number < 2; number++) {
    self->all[number].records = calloc(threads, record_size);
    if (!self->all[number].records) abort();
  }
  return self;
}

void groups_free(commit_groups *self) {
  for (int number = 0; number < 2; number++) free(self->all[number].records);
  pthread_mutex_destroy(&self->lock);
  free(self);
}

static void wait_until_written(commit_groups *self, uint32_t number) {
  group *group = &self->all[number % 2];
  uint32_t turns;
  while ((turns = atomic_load(&group->turns)) <= number / 2) {
    syscall(SYS_futex, &group->turns, FUTEX_WAIT_PRIVATE, turns, NULL, NULL, 0);
  }
}

void groups_commit(commit_groups *self, const char *first, size_t first_size, const char *second) {
  pthread_mutex_lock(&self->lock);
  const uint32_t number = self->joined;
  group *own = &self->all[number % 2];
  char *record = own->records + own->count * self->record_size;
  memcpy(record, first, first_size);
  memcpy(record + first_size, second, self->record_size - first_size);
  const int leads = own->count++ == 0;
  pthread_mutex_unlock(&self->lock);
  if (!leads) {
    wait_until_written(self, number);
    return;
  }
  if (number > 0) wait_until_written(self, number - 1);
  pthread_mutex_lock(&self->lock);
  self->joined++;
  pthread_mutex_unlock(&self->lock);
  self->write(self->context, own->records, own->count);
  own->count = 0;
  atomic_fetch_add(&own->turns, 1);
  syscall(SYS_futex, &own->turns, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}
