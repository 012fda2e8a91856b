internal import CRocksDB

/// A value in the engine's memory. Owned once; whoever holds it also holds the database.
struct EngineSlice: ~Copyable {
    let handle: OpaquePointer
    /// How much of its end is not the value.
    var trailerSize = 0

    init(_ handle: OpaquePointer) { self.handle = handle }

    var buffer: UnsafeRawBufferPointer {
        let bytes = kvstore_slice_value(handle)
        return UnsafeRawBufferPointer(start: bytes.start, count: bytes.count - trailerSize)
    }

    func copy() -> [UInt8] { Array(buffer) }

    deinit { rocksdb_pinnableslice_destroy(handle) }
}
