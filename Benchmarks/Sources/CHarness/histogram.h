#ifndef KVSTORE_HARNESS_HISTOGRAM_H
#define KVSTORE_HARNESS_HISTOGRAM_H

#include <stdint.h>

#include "harness.h"

/// Latencies in nanoseconds, to three digits: 1,024 steps for each power of two.
typedef struct {
  uint64_t counts[44 * 1024];
  uint64_t count, sum, max;
} histogram;

static inline void record(histogram *into, uint64_t nanoseconds) {
  unsigned shift = nanoseconds < 2048 ? 0 : 53 - (unsigned)__builtin_clzll(nanoseconds);
  // Beyond what there are steps for, 2^53 ns: never.
  uint64_t index = ((uint64_t)shift << 10) + (nanoseconds >> shift);
  into->counts[index < 44 * 1024 ? index : 44 * 1024 - 1]++;
  into->count++;
  into->sum += nanoseconds;
  if (nanoseconds > into->max) into->max = nanoseconds;
}

void add_histogram(histogram *into, const histogram *other);
harness_latencies summarize(const histogram *histogram);

#endif
