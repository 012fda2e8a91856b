#ifndef KVSTORE_HARNESS_CONTENT_H
#define KVSTORE_HARNESS_CONTENT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// The content that kvbench writes, byte for byte: see Sources/KVBench/Workloads.

/// SplitMix64.
static inline uint64_t next_random(uint64_t *state) {
  *state += 0x9e3779b97f4a7c15;
  uint64_t mixed = *state;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

static inline uint64_t random_below(uint64_t *state, uint64_t count) {
  return (uint64_t)(((unsigned __int128)next_random(state) * count) >> 64);
}

enum { number_width = 20 };

/// Fills a field with the last digits of a number, zeros before them.
static inline void store_digits(uint64_t number, char *field, size_t width) {
  size_t index = width;
  while (index > 0 && number > 0) {
    field[--index] = (char)('0' + number % 10);
    number /= 10;
  }
  while (index > 0) field[--index] = '0';
}

static inline size_t count_digits(uint64_t number) {
  size_t count = 1;
  while (number >= 10) {
    number /= 10;
    count++;
  }
  return count;
}

/// Whether the bytes are 20 digits, and which number they make.
static inline int read_number(const char *bytes, size_t count, uint64_t *number) {
  if (count != number_width) return 0;
  uint64_t total = 0;
  for (size_t index = 0; index < number_width; index++) {
    uint64_t digit = (uint64_t)(unsigned char)bytes[index] - '0';
    if (digit > 9) return 0;
    if (__builtin_mul_overflow(total, 10, &total)) return 0;
    if (__builtin_add_overflow(total, digit, &total)) return 0;
  }
  *number = total;
  return 1;
}

/// The value of an entry: its version, then bytes that are random to the middle and repeat themselves from there.
static inline void write_value(uint64_t index, uint32_t version, uint64_t seed, char *value, size_t size) {
  uint32_t big_endian = __builtin_bswap32(version);
  memcpy(value, &big_endian, sizeof big_endian);
  char *content = value + sizeof big_endian;
  size_t count = size - sizeof big_endian;
  size_t middle = (count + 1) / 2;
  uint64_t state = (seed + index * 0xd1342543de82ef95) ^ (version * 0xa24baed4963ee407);
  size_t offset = 0;
  for (; offset + 8 <= middle; offset += 8) {
    uint64_t bits = next_random(&state);
    memcpy(content + offset, &bits, sizeof bits);
  }
  uint64_t rest = offset < middle ? next_random(&state) : 0;
  for (; offset < middle; offset++) {
    content[offset] = (char)rest;
    rest >>= 8;
  }
  memcpy(content + middle, content, count - middle);
}

static inline uint32_t value_version(const char *value) {
  uint32_t big_endian;
  memcpy(&big_endian, value, sizeof big_endian);
  return __builtin_bswap32(big_endian);
}

/// The numbers below a count in an order that looks random: a Feistel network.
typedef struct {
  uint64_t count, seed;
  unsigned half_bits;
  uint64_t half_mask;
} permutation;

static inline permutation make_permutation(uint64_t count, uint64_t seed) {
  uint64_t last = count > 2 ? count - 1 : 1;
  unsigned bits = 64 - (unsigned)__builtin_clzll(last);
  unsigned half = (bits + 1) / 2;
  return (permutation){count, seed, half, (1ull << half) - 1};
}

static inline uint64_t permuted(const permutation *order, uint64_t place) {
  uint64_t number = place;
  do {
    uint64_t left = number >> order->half_bits, right = number & order->half_mask;
    for (uint64_t round = 0; round < 4; round++) {
      uint64_t state = order->seed ^ (right << 3 | round);
      uint64_t mixed = left ^ (next_random(&state) & order->half_mask);
      left = right;
      right = mixed;
    }
    number = left << order->half_bits | right;
  } while (number >= order->count);
  return number;
}

enum { streams = 100, page_size = 10, writes_per_read = 10 };

/// The message of a position.
void write_message(
    int stream, uint64_t position, uint64_t global_position, uint64_t seed, char *message, size_t size);

#endif
