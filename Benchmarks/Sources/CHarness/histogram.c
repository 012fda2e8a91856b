#include "histogram.h"

void add_histogram(histogram *into, const histogram *other) {
  for (int index = 0; index < 44 * 1024; index++) into->counts[index] += other->counts[index];
  into->count += other->count;
  into->sum += other->sum;
  if (other->max > into->max) into->max = other->max;
}

/// The highest latency that a step stands for.
static double top(uint64_t index) {
  if (index < 2048) return (double)index;
  unsigned shift = (unsigned)(index >> 10) - 1;
  return (double)((((index & 1023) + 1025) << shift) - 1);
}

static double percentile(const histogram *of, double percent) {
  uint64_t rank = (uint64_t)((double)of->count * percent / 100 + 0.5), seen = 0;
  if (rank < 1) rank = 1;
  for (uint64_t index = 0; index < 44 * 1024; index++) {
    seen += of->counts[index];
    if (seen >= rank) return top(index) / 1000;
  }
  return (double)of->max / 1000;
}

harness_latencies summarize(const histogram *of) {
  harness_latencies summary = {.count = of->count};
  if (of->count == 0) return summary;
  summary.p50 = percentile(of, 50);
  summary.p90 = percentile(of, 90);
  summary.p99 = percentile(of, 99);
  summary.p999 = percentile(of, 99.9);
  summary.max = (double)of->max / 1000;
  summary.mean = (double)of->sum / (double)of->count / 1000;
  return summary;
}
