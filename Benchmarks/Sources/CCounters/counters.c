#include "counters.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>

int counters_count_instructions(void) { return RUNNING_ON_VALGRIND != 0; }

void counters_begin(void) {
  CALLGRIND_START_INSTRUMENTATION;
  CALLGRIND_ZERO_STATS;
}

void counters_end(const char *name) {
  CALLGRIND_DUMP_STATS_AT(name);
  CALLGRIND_STOP_INSTRUMENTATION;
}
#else
int counters_count_instructions(void) { return 0; }
void counters_begin(void) {}
void counters_end(const char *name) { (void)name; }
#endif

typedef struct {
  void (*body)(void *);
  void *context;
} call;

static void *make(void *argument) {
  call *self = argument;
  self->body(self->context);
  return NULL;
}

void counters_on_thread(int number, void (*body)(void *), void *context) {
  static char *stacks;
  const size_t size = 8 << 20, page = 4096;
  if (number < 0 || number > 1000) abort();
  if (!stacks)
    stacks = mmap(
        NULL, size + 1000 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  // The C library keeps what identifies a thread at the top of its stack.
  pthread_attr_t attributes;
  pthread_t thread;
  call call = {body, context};
  if (stacks == MAP_FAILED || pthread_attr_init(&attributes) != 0 ||
      pthread_attr_setstack(&attributes, stacks + (size_t)number * page, size) != 0 ||
      pthread_create(&thread, &attributes, make, &call) != 0)
    abort();
  pthread_attr_destroy(&attributes);
  pthread_join(thread, NULL);
}

// The allocator's own functions stand behind these, which the program's come before.

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static _Thread_local uint64_t own;
static atomic_uint_fast64_t all;

static void count(void) {
  own++;
  atomic_fetch_add_explicit(&all, 1, memory_order_relaxed);
}

uint64_t counters_own_allocations(void) { return own; }
uint64_t counters_all_allocations(void) { return atomic_load(&all); }

void *malloc(size_t size) {
  count();
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count();
  return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
  count();
  return __libc_realloc(memory, size);
}

void *memalign(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  count();
  *memory = __libc_memalign(alignment, size);
  return *memory ? 0 : ENOMEM;
}

void free(void *memory) { __libc_free(memory); }
