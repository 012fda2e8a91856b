internal import Glibc

/// The keys of a `getMany`, as the engine wants them: one buffer of bytes, pointers and sizes.
struct KeyList {
    private var bytes: [UInt8] = []
    private var sizes: [Int] = []
    private var isSorted = true

    init(_ keys: [some Bytes]) {
        sizes.reserveCapacity(keys.count)
        var previous = 0
        for key in keys {
            let start = bytes.count
            key.withBytes { key in key.withUnsafeBytes { bytes.append(contentsOf: $0) } }
            if sizes.isEmpty { bytes.reserveCapacity(start + keys.count * (bytes.count + 8)) }
            sizes.append(bytes.count - start)
            if isSorted, start > 0 { isSorted = isInOrder(from: previous, start) }
            previous = start
        }
        // A place to point at when all keys are empty.
        bytes.append(0)
    }

    /// Whether the key that begins at `first` and ends at `second` does not come after the one from there on.
    private func isInOrder(from first: Int, _ second: Int) -> Bool {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return true }
            let (one, other) = (second - first, bytes.count - second)
            let order = memcmp(base + first, base + second, min(one, other))
            return order < 0 || order == 0 && one <= other
        }
    }

    func get(_ columnFamily: ColumnFamily, _ options: ReadOptions) throws(EngineFailure) -> [[UInt8]?] {
        guard !sizes.isEmpty else { return [] }
        return try bytes.span.bytes.withChars { (start, _) throws(EngineFailure) in
            var pointers: [UnsafePointer<CChar>?] = []
            pointers.reserveCapacity(sizes.count)
            var offset = 0
            for size in sizes {
                pointers.append(start + offset)
                offset += size
            }
            return try columnFamily.getMany(pointers, sizes, isSorted: isSorted, options)
        }
    }
}
