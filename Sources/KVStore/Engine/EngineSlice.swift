internal import CRocksDB

/// A value in the engine's memory, or one that a ``ValueCache`` keeps. Owned once; a value of the engine's also needs
/// the database, which is for its owner to hold.
struct EngineSlice: ~Copyable {
    /// The engine's handle, or with ``keptBit`` set the address of a ``KeptValue``.
    private let handle: OpaquePointer
    /// How much of its end is not the value.
    var trailerSize = 0

    /// Both kinds of address are aligned.
    private static let keptBit: UInt = 1

    init(_ handle: OpaquePointer) { self.handle = handle }

    init(_ kept: KeptValue) {
        handle = OpaquePointer(Unmanaged.passRetained(kept).toOpaque() + Int(Self.keptBit))
    }

    @inline(__always)
    private var isKept: Bool { UInt(bitPattern: handle) & Self.keptBit != 0 }

    private var kept: Unmanaged<KeptValue> {
        Unmanaged.fromOpaque(UnsafeRawPointer(handle) - Int(Self.keptBit))
    }

    @inline(__always)
    var buffer: UnsafeRawBufferPointer {
        if isKept { return keptBuffer }
        let bytes = kvstore_slice_value(handle)
        return UnsafeRawBufferPointer(start: bytes.start, count: bytes.count - trailerSize)
    }

    @inline(never)
    private var keptBuffer: UnsafeRawBufferPointer {
        let stored = kept._withUnsafeGuaranteedRef { $0.value }
        return UnsafeRawBufferPointer(start: stored.baseAddress, count: stored.count - trailerSize)
    }

    func copy() -> [UInt8] { Array(buffer) }

    deinit {
        if isKept { kept.release() } else { rocksdb_pinnableslice_destroy(handle) }
    }
}
