@_exported public import KVStoreConformance
