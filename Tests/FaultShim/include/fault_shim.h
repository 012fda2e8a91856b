#ifndef KVSTORE_FAULT_SHIM_H
#define KVSTORE_FAULT_SHIM_H

// A library for LD_PRELOAD. It has no functions of its own to call: see fault_shim.c.

#endif
