#ifndef KVSTORE_CROCKSDB_SHIM_H
#define KVSTORE_CROCKSDB_SHIM_H

#include <rocksdb/c.h>

#endif
