#define _GNU_SOURCE

#include "include/mapped_file.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

// Never freed, since the handler may be looking at it: one that is not mapped any more is used for the next file.
struct kvstore_mapped_file {
  kvstore_mapped_file *next;
  // Of the mapping; zero while there is none.
  atomic_uintptr_t start;
  atomic_size_t size;
  atomic_bool is_lost;
  atomic_bool is_used;
};

// No lock: a process that was forked while another thread held it would wait for ever.
static _Atomic(kvstore_mapped_file *) files;
static atomic_bool has_handler;
static struct sigaction earlier;

// In a handler: nothing here may lock or allocate.
static bool replace(uintptr_t address) {
  for (kvstore_mapped_file *file = atomic_load(&files); file != NULL; file = file->next) {
    const uintptr_t start = atomic_load(&file->start);
    const size_t size = atomic_load(&file->size);
    if (start == 0 || address < start || address - start >= size) continue;
    atomic_store(&file->is_lost, true);
    return mmap((void *)start, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) !=
           MAP_FAILED;
  }
  return false;
}

static void handle(int signal, siginfo_t *information, void *context) {
  const int code = errno;
  // One that was sent has no address.
  const bool is_replaced = information->si_code > 0 && replace((uintptr_t)information->si_addr);
  errno = code;
  if (is_replaced) return;
  if (earlier.sa_flags & SA_SIGINFO) {
    earlier.sa_sigaction(signal, information, context);
  } else if (earlier.sa_handler != SIG_DFL && earlier.sa_handler != SIG_IGN) {
    earlier.sa_handler(signal);
  } else if (information->si_code > 0 || earlier.sa_handler == SIG_DFL) {
    // The thread meets it again when this returns, or now.
    sigaction(signal, &earlier, NULL);
    if (information->si_code <= 0) raise(signal);
  }
}

static bool set_handler(void) {
  if (atomic_load(&has_handler)) return true;
  struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK}, current;
  sigemptyset(&action.sa_mask);
  if (sigaction(SIGBUS, NULL, &current) != 0) return false;
  // Of several threads that come here at once each may find what was there before, and notes the same.
  if (!(current.sa_flags & SA_SIGINFO) || current.sa_sigaction != handle) {
    earlier = current;
    if (sigaction(SIGBUS, &action, NULL) != 0) return false;
  }
  atomic_store(&has_handler, true);
  return true;
}

static kvstore_mapped_file *unused_file(void) {
  for (kvstore_mapped_file *file = atomic_load(&files); file != NULL; file = file->next) {
    if (!atomic_exchange(&file->is_used, true)) return file;
  }
  kvstore_mapped_file *file = calloc(1, sizeof *file);
  if (file == NULL) return NULL;
  atomic_store(&file->is_used, true);
  file->next = atomic_load(&files);
  while (!atomic_compare_exchange_weak(&files, &file->next, file)) continue;
  return file;
}

kvstore_mapped_file *kvstore_map_file(int descriptor, size_t size) {
  void *start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (start == MAP_FAILED) return NULL;
  kvstore_mapped_file *file = set_handler() ? unused_file() : NULL;
  if (file == NULL) {
    const int code = errno;
    munmap(start, size);
    errno = code;
    return NULL;
  }
  atomic_store(&file->is_lost, false);
  atomic_store(&file->size, size);
  atomic_store(&file->start, (uintptr_t)start);
  return file;
}

void *kvstore_mapped_bytes(const kvstore_mapped_file *file) { return (void *)atomic_load(&file->start); }

bool kvstore_mapped_file_is_lost(const kvstore_mapped_file *file) {
  return atomic_load_explicit(&file->is_lost, memory_order_relaxed);
}

void kvstore_unmap_file(kvstore_mapped_file *file) {
  void *start = kvstore_mapped_bytes(file);
  const size_t size = atomic_load(&file->size);
  // From here on the handler leaves these addresses alone, which are another's next.
  atomic_store(&file->start, 0);
  munmap(start, size);
  atomic_store(&file->is_used, false);
}
