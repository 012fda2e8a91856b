import KVStore

// `import KVStore` must not bring in the engine's C API: this line must not find its function.
let options = rocksdb_options_create()
