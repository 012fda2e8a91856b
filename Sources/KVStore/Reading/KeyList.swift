/// The keys of a `getMany`, as the engine wants them: one buffer of bytes, pointers and sizes.
struct KeyList {
    private var bytes: [UInt8] = []
    private var sizes: [Int] = []
    private var isSorted = true

    init(_ keys: [some Bytes]) {
        var previous = 0..<0
        for key in keys {
            let start = bytes.count
            key.withBytes { key in key.withUnsafeBytes { bytes.append(contentsOf: $0) } }
            sizes.append(bytes.count - start)
            let current = start..<bytes.count
            if isSorted, bytes[current].lexicographicallyPrecedes(bytes[previous]) { isSorted = false }
            previous = current
        }
    }

    func get(_ keyspace: Keyspace, _ options: ReadOptions) throws(EngineFailure) -> [[UInt8]?] {
        guard !sizes.isEmpty else { return [] }
        return try (bytes + [0]).span.bytes.withChars { (start, _) throws(EngineFailure) in
            var pointers: [UnsafePointer<CChar>?] = []
            var offset = 0
            for size in sizes {
                pointers.append(start + offset)
                offset += size
            }
            return try keyspace.getMany(pointers, sizes, isSorted: isSorted, options)
        }
    }
}
