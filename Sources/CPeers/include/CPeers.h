#ifndef KVSTORE_CPEERS_H
#define KVSTORE_CPEERS_H

// The databases that kvbench compares with, as far as it uses them. Nothing of theirs is needed to build and nothing is
// linked: what is declared here is of interfaces that do not change, and the libraries are opened when they are asked for.

#include "lmdb.h"
#include "postgres.h"
#include "sqlite.h"

#endif
