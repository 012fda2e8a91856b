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
/// How often memory was allocated by this thread, by all threads.
uint64_t counters_own_allocations(void);
uint64_t counters_all_allocations(void);

#endif
