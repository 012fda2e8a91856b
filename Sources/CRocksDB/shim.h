#ifndef KVSTORE_CROCKSDB_SHIM_H
#define KVSTORE_CROCKSDB_SHIM_H

// The header of the engine that is linked: see engine.ld.
#if __has_include("../../.rocksdb/include/rocksdb/c.h")
#include "../../.rocksdb/include/rocksdb/c.h"
#else
#include <rocksdb/c.h>
#endif

#endif
