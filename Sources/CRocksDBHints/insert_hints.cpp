#include "include/insert_hints.h"

// The one part of this package that reaches behind the engine's C API. It is compiled for the version that it was tested
// with and does nothing with any other; the package works the same without it, only slower.
#if __has_include(<rocksdb/version.h>) && __has_include(<memory>)
#include <rocksdb/version.h>
#if ROCKSDB_MAJOR == 7 && ROCKSDB_MINOR == 8 && ROCKSDB_PATCH == 3
#define KVSTORE_HAS_INSERT_HINTS
#endif
#endif

#ifdef KVSTORE_HAS_INSERT_HINTS

#include <rocksdb/c.h>
#include <rocksdb/options.h>
#include <rocksdb/slice_transform.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>

namespace {

// The engine makes one hint, of about 300 bytes, for each prefix that it is given: numbers below this, in two bytes.
constexpr size_t kHints = 1024;

// A run of keys that are alike that is longer has no use for hints: the engine remembers by itself where it inserted last.
constexpr uint32_t kShortRun = 16;

// How far the last eight bytes of a key may be, as a number, from those of the one before at its hint: three bytes, a
// thousand in decimal digits. A place further away is found as fast from the top.
constexpr uint64_t kNear = uint64_t{1} << 24;

// The key that each number stood for last. Only one thread at a time inserts with hints into a database; what it misses of
// another costs time and nothing else.
struct Hint {
  std::atomic<uint64_t> stem{}, end{};
};

struct Hints {
  std::array<Hint, kHints> last{};
  std::array<uint16_t, kHints> numbers{};
  // What the last keys shared, and how many of them.
  std::atomic<uint64_t> stem{};
  std::atomic<uint32_t> run{};

  Hints() {
    for (size_t number = 0; number < kHints; number++) numbers[number] = static_cast<uint16_t>(number);
  }

  // Whether the key before had another stem, or not many before had the same.
  bool IsShortRun(uint64_t next) {
    const uint32_t length = stem.load(std::memory_order_relaxed) == next ? run.load(std::memory_order_relaxed) : 0;
    if (length == 0) stem.store(next, std::memory_order_relaxed);
    if (length < kShortRun) run.store(length + 1, std::memory_order_relaxed);
    return length < kShortRun;
  }

  // Whether the key before at that hint was a near one.
  bool IsNear(uint64_t next, uint64_t end) {
    Hint &hint = last[next % kHints];
    const bool isAlike = hint.stem.load(std::memory_order_relaxed) == next;
    const uint64_t before = hint.end.load(std::memory_order_relaxed);
    hint.end.store(end, std::memory_order_relaxed);
    if (!isAlike) hint.stem.store(next, std::memory_order_relaxed);
    return isAlike && end - before + kNear <= 2 * kNear;
  }
};

uint64_t Load(const char *bytes, size_t count) {
  uint64_t number = 0;
  memcpy(&number, bytes, count);
  return number;
}

// Keys that come in order share a hint: those that are alike but for their last eight bytes, which is where a number
// counts, be it binary or decimal. This is a hash of what they share, and of its length.
uint64_t Stem(const char *key, size_t size) {
  const size_t stem = size > 8 ? size - 8 : 0;
  uint64_t hash = stem + 1;
  for (size_t offset = 0; offset < stem; offset += 8) {
    const size_t rest = stem - offset;
    hash = (hash ^ Load(key + offset, rest < 8 ? rest : 8)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 32;
  }
  return hash;
}

// What a stem leaves out, as a number.
uint64_t End(const char *key, size_t size) {
  uint64_t end = 0;
  for (size_t offset = size > 8 ? size - 8 : 0; offset < size; offset++)
    end = end << 8 | static_cast<unsigned char>(key[offset]);
  return end;
}

char *Prefix(void *state, const char *key, size_t size, size_t *prefixSize) {
  *prefixSize = sizeof(uint16_t);
  return reinterpret_cast<char *>(&static_cast<Hints *>(state)->numbers[Stem(key, size) % kHints]);
}

// Whether an entry that is about to be inserted may use a hint: points only. Deletions of ranges are kept in a skip list
// of their own, but the engine would insert them with the hints of points, whose places are in another list.
//
// MemTable::Add, the one caller, has encoded the entry by then: behind the key stand eight bytes, the first of which
// is the entry's type.
//
// And only keys that come in order, more or less, among others: random ones would search from a place far away.
unsigned char UsesHint(void *state, const char *key, size_t size) {
  enum : unsigned char { kDeletion = 0, kValue = 1, kMerge = 2 };
  const unsigned char type = static_cast<unsigned char>(key[size]);
  if (type != kDeletion && type != kValue && type != kMerge) return 0;
  const uint64_t stem = Stem(key, size);
  Hints &hints = *static_cast<Hints *>(state);
  return hints.IsShortRun(stem) && hints.IsNear(stem, End(key, size));
}

unsigned char IsInRange(void *, const char *, size_t) { return 0; }

const char *Name(void *) { return "kvstore.InsertHints"; }

void Destroy(void *state) { delete static_cast<Hints *>(state); }

std::shared_ptr<const rocksdb::SliceTransform> &Extractor(rocksdb_options_t *options) {
  return reinterpret_cast<rocksdb::Options *>(options)->memtable_insert_with_hint_prefix_extractor;
}

// Whether the engine that is linked is the one whose headers were compiled in, and its options have the layout that they
// say: what the engine's own parser sets must show where we set it.
bool IsAsCompiled() {
  if (rocksdb::GetRocksVersionAsString(true) != "7.8.3") return false;
  rocksdb_options_t *plain = rocksdb_options_create();
  rocksdb_options_t *parsed = rocksdb_options_create();
  char *error = nullptr;
  rocksdb_get_options_from_string(
      plain, "memtable_insert_with_hint_prefix_extractor=rocksdb.FixedPrefix.7", parsed, &error);
  const bool isSet = error == nullptr && Extractor(plain) == nullptr && Extractor(parsed) != nullptr &&
                     strcmp(Extractor(parsed)->Name(), "rocksdb.FixedPrefix") == 0;
  rocksdb_free(error);
  rocksdb_options_destroy(parsed);
  rocksdb_options_destroy(plain);
  return isSet;
}

}  // namespace

int kvstore_set_insert_hints(rocksdb_options_t *options) {
  static const bool isAsCompiled = IsAsCompiled();
  if (!isAsCompiled) return 0;
  // What the C API makes derives from this class alone, so both are at the same address. A class of our own would need
  // the engine's type information, which not every build has.
  rocksdb_slicetransform_t *hints =
      rocksdb_slicetransform_create(new Hints, Destroy, Prefix, UsesHint, IsInRange, Name);
  Extractor(options).reset(reinterpret_cast<const rocksdb::SliceTransform *>(hints));
  return 1;
}

#else

int kvstore_set_insert_hints(rocksdb_options_t *) { return 0; }

#endif
