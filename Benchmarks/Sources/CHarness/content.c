#include "content.h"

/// Fills a buffer from its start; what does not fit is dropped.
typedef struct {
  char *next, *end;
} writer;

static inline char *take(writer *to, size_t length, size_t *given) {
  size_t room = (size_t)(to->end - to->next);
  *given = length < room ? length : room;
  char *field = to->next;
  to->next += *given;
  return field;
}

static inline void write_text(writer *to, const char *text, size_t length) {
  size_t given;
  char *field = take(to, length, &given);
  memcpy(field, text, given);
}

#define WRITE(to, text) write_text(to, text, sizeof(text) - 1)

static inline void write_decimal(writer *to, uint64_t number) {
  size_t given;
  char *field = take(to, count_digits(number), &given);
  store_digits(number, field, given);
}

/// Eight digits from the low 32 bits, all at once.
static inline uint64_t hexadecimal(uint64_t bits) {
  uint64_t nibbles = bits;
  nibbles = (nibbles | nibbles << 16) & 0x0000ffff0000ffff;
  nibbles = (nibbles | nibbles << 8) & 0x00ff00ff00ff00ff;
  nibbles = (nibbles | nibbles << 4) & 0x0f0f0f0f0f0f0f0f;
  uint64_t letters = ((nibbles + 0x0606060606060606) >> 4) & 0x0101010101010101;
  return nibbles + 0x3030303030303030 + letters * 0x27;
}

static inline void write_hexadecimal(writer *to, size_t digits, uint64_t *random) {
  size_t given;
  char *field = take(to, digits, &given);
  size_t offset = 0;
  for (; offset + 16 <= given; offset += 16) {
    uint64_t bits = next_random(random);
    uint64_t high = hexadecimal(bits >> 32), low = hexadecimal(bits & 0xffffffff);
    memcpy(field + offset, &high, 8);
    memcpy(field + offset + 8, &low, 8);
  }
  uint64_t bits = next_random(random);
  for (; offset < given; offset++) {
    field[offset] = (char)hexadecimal(bits & 15);
    bits >>= 4;
  }
}

void write_message(
    int stream, uint64_t position, uint64_t global_position, uint64_t seed, char *message, size_t size) {
  uint64_t random = seed + global_position * 0xd1342543de82ef95;
  writer to = {message, message + size};
  WRITE(&to, "{\"id\":\"");
  write_hexadecimal(&to, 32, &random);
  WRITE(&to, "\",\"type\":\"TestEvent\",\"stream\":\"test-stream-");
  write_decimal(&to, (uint64_t)stream);
  WRITE(&to, "\",\"position\":");
  write_decimal(&to, position);
  WRITE(&to, ",\"globalPosition\":");
  write_decimal(&to, global_position);
  WRITE(&to, ",\"metadata\":{\"category\":\"test\",\"schema\":1},\"time\":");
  write_decimal(&to, 1735689600000000 + global_position);
  WRITE(&to, ",\"data\":{\"value\":\"");
  size_t room = (size_t)(to.end - to.next);
  write_hexadecimal(&to, room < 3 ? 0 : room - 3, &random);
  WRITE(&to, "\"}}");
}
