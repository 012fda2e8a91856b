@_exported public import KVStoreInterface
