#ifndef KVSTORE_HARNESS_ENGINE_H
#define KVSTORE_HARNESS_ENGINE_H

// The header of the engine that the library is linked with.
#include "../../../Sources/CRocksDB/shim.h"

#endif
