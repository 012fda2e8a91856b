#ifndef KVSTORE_PEERS_LIBRARY_H
#define KVSTORE_PEERS_LIBRARY_H

#include <stddef.h>

/// A function of a library and where in a table its address goes.
struct peers_symbol {
  const char *name;
  size_t offset;
};

/// Opens a library, for as long as the process lives, and fills the table. Returns what is wrong, or null.
const char *peers_load(const char *library, const struct peers_symbol *symbols, size_t count, void *table);

/// A function by its name; null when the library lacks it.
void *peers_find(const char *library, const char *name);

#endif
