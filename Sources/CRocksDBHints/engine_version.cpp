#include "engine_version.h"

#if __has_include(<rocksdb/version.h>) && __has_include(<string>)
#include <rocksdb/version.h>

#include <cstdio>
#include <string>

namespace {

constexpr int Number(int major, int minor, int patch) { return (major * 1000 + minor) * 1000 + patch; }

}  // namespace

int kvstore_engine_version_compiled() { return Number(ROCKSDB_MAJOR, ROCKSDB_MINOR, ROCKSDB_PATCH); }

int kvstore_engine_version_linked() {
  int major = 0, minor = 0, patch = 0;
  if (sscanf(rocksdb::GetRocksVersionAsString(true).c_str(), "%d.%d.%d", &major, &minor, &patch) != 3) return 0;
  return Number(major, minor, patch);
}

#else

int kvstore_engine_version_compiled() { return 0; }

int kvstore_engine_version_linked() { return 0; }

#endif
