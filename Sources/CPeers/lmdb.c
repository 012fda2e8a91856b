#include "include/lmdb.h"

#include "library.h"

#define SYMBOL(name) {"mdb_" #name, offsetof(struct peers_lmdb, name)}

const struct peers_lmdb *peers_open_lmdb(const char **problem) {
  static struct peers_lmdb table;
  static const struct peers_symbol symbols[] = {
      SYMBOL(version),        SYMBOL(strerror),           SYMBOL(env_create), SYMBOL(env_set_mapsize),
      SYMBOL(env_set_maxdbs), SYMBOL(env_set_maxreaders), SYMBOL(env_open),   SYMBOL(env_sync),
      SYMBOL(env_info),       SYMBOL(env_get_maxkeysize), SYMBOL(env_close),  SYMBOL(txn_begin),
      SYMBOL(txn_commit),     SYMBOL(txn_abort),          SYMBOL(txn_reset),  SYMBOL(txn_renew),
      SYMBOL(dbi_open),       SYMBOL(stat),               SYMBOL(get),        SYMBOL(put),
      SYMBOL(del),            SYMBOL(cursor_open),        SYMBOL(cursor_close), SYMBOL(cursor_renew),
      SYMBOL(cursor_get),
  };
  *problem = peers_load("liblmdb.so.0", symbols, sizeof symbols / sizeof *symbols, &table);
  return *problem ? NULL : &table;
}
