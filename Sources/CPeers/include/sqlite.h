#ifndef KVSTORE_PEERS_SQLITE_H
#define KVSTORE_PEERS_SQLITE_H

#include <stddef.h>
#include <stdint.h>

struct sqlite3;
struct sqlite3_stmt;

enum {
  peers_sqlite_ok = 0,
  peers_sqlite_busy = 5,
  peers_sqlite_row = 100,
  peers_sqlite_done = 101,
  peers_sqlite_open_readwrite = 0x2,
  peers_sqlite_open_create = 0x4,
  /// One thread at a time uses a connection, as every session here does.
  peers_sqlite_open_nomutex = 0x8000,
  peers_sqlite_prepare_persistent = 1,
  peers_sqlite_checkpoint_passive = 0,
  peers_sqlite_checkpoint_truncate = 3,
};

/// SQLite's functions by their names without `sqlite3_`.
struct peers_sqlite {
  const char *_Nonnull (*_Nonnull libversion)(void);
  /// Turns its counting of memory off, which takes a lock of the whole process for each allocation. To be called first.
  void (*_Nonnull stop_counting_memory)(void);
  int (*_Nonnull open_v2)(
      const char *_Nonnull path, struct sqlite3 *_Nullable *_Nonnull database, int flags, const char *_Nullable vfs);
  int (*_Nonnull close_v2)(struct sqlite3 *_Nullable database);
  const char *_Nonnull (*_Nonnull errmsg)(struct sqlite3 *_Nullable database);
  int (*_Nonnull extended_errcode)(struct sqlite3 *_Nullable database);
  int (*_Nonnull busy_timeout)(struct sqlite3 *_Nonnull database, int milliseconds);
  int (*_Nonnull exec)(
      struct sqlite3 *_Nonnull database, const char *_Nonnull sql, void *_Nullable callback, void *_Nullable context,
      char *_Nullable *_Nullable error);
  int (*_Nonnull prepare_v3)(
      struct sqlite3 *_Nonnull database, const char *_Nonnull sql, int size, unsigned int flags,
      struct sqlite3_stmt *_Nullable *_Nonnull statement, const char *_Nullable *_Nullable tail);
  int (*_Nonnull finalize)(struct sqlite3_stmt *_Nullable statement);
  /// A null `destructor` says that the bytes stay where they are until the statement is reset or bound anew.
  int (*_Nonnull bind_blob)(
      struct sqlite3_stmt *_Nonnull statement, int parameter, const void *_Nullable bytes, int count,
      void (*_Nullable destructor)(void *_Nullable));
  int (*_Nonnull bind_int64)(struct sqlite3_stmt *_Nonnull statement, int parameter, int64_t value);
  int (*_Nonnull step)(struct sqlite3_stmt *_Nonnull statement);
  int (*_Nonnull reset)(struct sqlite3_stmt *_Nonnull statement);
  const void *_Nullable (*_Nonnull column_blob)(struct sqlite3_stmt *_Nonnull statement, int column);
  int (*_Nonnull column_bytes)(struct sqlite3_stmt *_Nonnull statement, int column);
  const unsigned char *_Nullable (*_Nonnull column_text)(struct sqlite3_stmt *_Nonnull statement, int column);
  int (*_Nonnull wal_checkpoint_v2)(
      struct sqlite3 *_Nonnull database, const char *_Nullable schema, int mode, int *_Nullable frames,
      int *_Nullable checkpointed);
};

/// Opens libsqlite3.so.0. Null when it cannot be; `problem` then says why.
const struct peers_sqlite *_Nullable peers_open_sqlite(const char *_Nullable *_Nonnull problem);

#endif
