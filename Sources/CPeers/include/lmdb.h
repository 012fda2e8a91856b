#ifndef KVSTORE_PEERS_LMDB_H
#define KVSTORE_PEERS_LMDB_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct MDB_env;
struct MDB_txn;
struct MDB_cursor;

struct peers_lmdb_value {
  size_t count;
  void *_Nullable start;
};

struct peers_lmdb_stat {
  unsigned int page_size, depth;
  size_t branch_pages, leaf_pages, overflow_pages, entries;
};

struct peers_lmdb_info {
  void *_Nullable map_address;
  size_t map_size, last_page, last_transaction;
  unsigned int maximum_readers, readers;
};

enum {
  peers_lmdb_nosync = 0x10000,
  peers_lmdb_rdonly = 0x20000,
  peers_lmdb_notls = 0x200000,
  peers_lmdb_nomeminit = 0x1000000,
  peers_lmdb_create = 0x40000,
  peers_lmdb_notfound = -30798,
  peers_lmdb_next = 8,
  peers_lmdb_set_range = 17,
};

/// LMDB's functions by their names without `mdb_`.
struct peers_lmdb {
  char *_Nonnull (*_Nonnull version)(int *_Nullable major, int *_Nullable minor, int *_Nullable patch);
  char *_Nonnull (*_Nonnull strerror)(int error);
  int (*_Nonnull env_create)(struct MDB_env *_Nullable *_Nonnull environment);
  int (*_Nonnull env_set_mapsize)(struct MDB_env *_Nonnull environment, size_t size);
  int (*_Nonnull env_set_maxdbs)(struct MDB_env *_Nonnull environment, unsigned int count);
  int (*_Nonnull env_set_maxreaders)(struct MDB_env *_Nonnull environment, unsigned int count);
  int (*_Nonnull env_open)(
      struct MDB_env *_Nonnull environment, const char *_Nonnull path, unsigned int flags, mode_t mode);
  int (*_Nonnull env_sync)(struct MDB_env *_Nonnull environment, int force);
  int (*_Nonnull env_info)(struct MDB_env *_Nonnull environment, struct peers_lmdb_info *_Nonnull info);
  int (*_Nonnull env_get_maxkeysize)(struct MDB_env *_Nonnull environment);
  void (*_Nonnull env_close)(struct MDB_env *_Nonnull environment);
  int (*_Nonnull txn_begin)(
      struct MDB_env *_Nonnull environment, struct MDB_txn *_Nullable parent, unsigned int flags,
      struct MDB_txn *_Nullable *_Nonnull transaction);
  int (*_Nonnull txn_commit)(struct MDB_txn *_Nonnull transaction);
  void (*_Nonnull txn_abort)(struct MDB_txn *_Nonnull transaction);
  void (*_Nonnull txn_reset)(struct MDB_txn *_Nonnull transaction);
  int (*_Nonnull txn_renew)(struct MDB_txn *_Nonnull transaction);
  int (*_Nonnull dbi_open)(
      struct MDB_txn *_Nonnull transaction, const char *_Nullable name, unsigned int flags,
      unsigned int *_Nonnull database);
  int (*_Nonnull stat)(
      struct MDB_txn *_Nonnull transaction, unsigned int database, struct peers_lmdb_stat *_Nonnull stat);
  int (*_Nonnull get)(
      struct MDB_txn *_Nonnull transaction, unsigned int database, struct peers_lmdb_value *_Nonnull key,
      struct peers_lmdb_value *_Nonnull value);
  int (*_Nonnull put)(
      struct MDB_txn *_Nonnull transaction, unsigned int database, struct peers_lmdb_value *_Nonnull key,
      struct peers_lmdb_value *_Nonnull value, unsigned int flags);
  int (*_Nonnull del)(
      struct MDB_txn *_Nonnull transaction, unsigned int database, struct peers_lmdb_value *_Nonnull key,
      struct peers_lmdb_value *_Nullable value);
  int (*_Nonnull cursor_open)(
      struct MDB_txn *_Nonnull transaction, unsigned int database, struct MDB_cursor *_Nullable *_Nonnull cursor);
  void (*_Nonnull cursor_close)(struct MDB_cursor *_Nonnull cursor);
  int (*_Nonnull cursor_renew)(struct MDB_txn *_Nonnull transaction, struct MDB_cursor *_Nonnull cursor);
  int (*_Nonnull cursor_get)(
      struct MDB_cursor *_Nonnull cursor, struct peers_lmdb_value *_Nonnull key,
      struct peers_lmdb_value *_Nonnull value, unsigned int operation);
};

/// Opens liblmdb.so.0. Null when it cannot be; `problem` then says why.
const struct peers_lmdb *_Nullable peers_open_lmdb(const char *_Nullable *_Nonnull problem);

#endif
