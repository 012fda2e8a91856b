#include "include/callback_log.h"

// By the version that it was tested with first; which the C API had it with is not written anywhere.
#if __has_include(<rocksdb/version.h>) && __has_include(<string>)
#include <rocksdb/version.h>
#if ROCKSDB_MAJOR > 9 || (ROCKSDB_MAJOR == 9 && ROCKSDB_MINOR >= 10)
#define KVSTORE_HAS_CALLBACK_LOG
#endif
#endif

#ifdef KVSTORE_HAS_CALLBACK_LOG

#include <rocksdb/c.h>

int kvstore_set_callback_log(rocksdb_options_t *options, int level, void (*write)(void *, unsigned, char *, size_t),
                             void *state) {
  rocksdb_logger_t *log = rocksdb_logger_create_callback_logger(level, write, state);
  rocksdb_options_set_info_log(options, log);
  // The options have a share in it.
  rocksdb_logger_destroy(log);
  return 1;
}

#else

int kvstore_set_callback_log(rocksdb_options_t *, int, void (*)(void *, unsigned, char *, size_t), void *) { return 0; }

#endif
