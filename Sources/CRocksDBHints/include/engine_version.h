#ifndef KVSTORE_ENGINE_VERSION_H
#define KVSTORE_ENGINE_VERSION_H

#ifdef __cplusplus
extern "C" {
#endif

/// The version of the engine whose headers were compiled in, as 9011002 for 9.11.2; 0 when it cannot be told.
int kvstore_engine_version_compiled(void);

/// The version of the engine that is linked, likewise; the C API does not tell it.
int kvstore_engine_version_linked(void);

#ifdef __cplusplus
}
#endif

#endif
