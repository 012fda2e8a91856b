#include "include/sqlite.h"

#include <string.h>

#include "library.h"

static const char library[] = "libsqlite3.so.0";

// The function takes whatever an option needs, which Swift cannot call.
static void stop_counting_memory(void) {
  enum { memstatus = 9 };
  int (*config)(int, ...) = NULL;
  void *address = peers_find(library, "sqlite3_config");
  memcpy(&config, &address, sizeof config);
  if (config) config(memstatus, 0);
}

#define SYMBOL(name) {"sqlite3_" #name, offsetof(struct peers_sqlite, name)}

const struct peers_sqlite *peers_open_sqlite(const char **problem) {
  static struct peers_sqlite table;
  static const struct peers_symbol symbols[] = {
      SYMBOL(libversion),   SYMBOL(open_v2),     SYMBOL(close_v2),     SYMBOL(errmsg),      SYMBOL(extended_errcode),
      SYMBOL(busy_timeout), SYMBOL(exec),        SYMBOL(prepare_v3),   SYMBOL(finalize),    SYMBOL(bind_blob),
      SYMBOL(bind_int64),   SYMBOL(step),        SYMBOL(reset),        SYMBOL(column_blob), SYMBOL(column_bytes),
      SYMBOL(column_text),  SYMBOL(wal_checkpoint_v2),
  };
  *problem = peers_load(library, symbols, sizeof symbols / sizeof *symbols, &table);
  table.stop_counting_memory = stop_counting_memory;
  return *problem ? NULL : &table;
}
