#ifndef KVSTORE_COUNTERS_H
#define KVSTORE_COUNTERS_H

#include <stdint.h>

// Counts what a stretch of code does: instructions through valgrind's callgrind, allocations through malloc itself.

/// Whether there is somebody to count instructions.
int counters_count_instructions(void);
/// Begins to count instructions, from zero.
void counters_begin(void);
/// Ends it and writes what was counted, with a name.
void counters_end(const char *_Nonnull name);
/// Runs `body` on a new thread and waits for it. Threads of one number, up to 1,000, are at the same place in memory: the
/// engine seeds what a thread draws at random, such as heights in skip lists, with that place.
void counters_on_thread(int number, void (*_Nonnull body)(void *_Nonnull context), void *_Nonnull context);
/// How often memory was allocated by this thread, by all threads.
uint64_t counters_own_allocations(void);
uint64_t counters_all_allocations(void);

#endif
