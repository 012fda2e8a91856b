#ifndef KVSTORE_CALLBACK_LOG_H
#define KVSTORE_CALLBACK_LOG_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rocksdb_options_t rocksdb_options_t;

/// Has a database that is opened with these options hand its messages from a level on to `write`, instead of writing them
/// into an info log. `state` must outlive the database, which calls from any of its threads and with locks held.
///
/// Returns whether it does: not every engine's C API has such a log.
int kvstore_set_callback_log(rocksdb_options_t *options, int level,
                             void (*write)(void *state, unsigned level, char *text, size_t size), void *state);

#ifdef __cplusplus
}
#endif

#endif
