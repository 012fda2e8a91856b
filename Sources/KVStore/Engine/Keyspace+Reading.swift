internal import CRocksDB

extension Keyspace {
    /// The value of a key where the engine holds it, not copied; `nil` when there is none.
    func get(_ key: RawSpan, _ options: ReadOptions) throws(EngineFailure) -> EngineSlice? {
        guard var slice = try getStored(key, options) else { return nil }
        if trailerSize > 0 {
            guard try format.shows(slice.buffer) else { return nil }
            slice.trailerSize = trailerSize
        }
        return slice
    }

    /// What the database holds for a key.
    func getStored(_ key: RawSpan, _ options: ReadOptions) throws(EngineFailure) -> EngineSlice? {
        let slice = try key.withChars { (start, count) throws(EngineFailure) in
            try engineCall { rocksdb_get_pinned_cf(database.handle, options.handle, family, start, count, $0) }
        }
        guard let slice else { return nil }
        return EngineSlice(slice)
    }

    func get(_ key: RawSpan) throws(EngineFailure) -> EngineSlice? { try get(key, latest.any) }

    /// The values of many keys, in their order.
    func getMany(
        _ keys: [UnsafePointer<CChar>?], _ sizes: [Int], isSorted: Bool, _ options: ReadOptions
    ) throws(EngineFailure) -> [[UInt8]?] {
        var slices: [OpaquePointer?] = Array(repeating: nil, count: keys.count)
        var errors: [UnsafeMutablePointer<CChar>?] = Array(repeating: nil, count: keys.count)
        rocksdb_batched_multi_get_cf(
            database.handle, options.handle, family, keys.count, keys, sizes, &slices, &errors, isSorted)
        defer { for case let slice? in slices { rocksdb_pinnableslice_destroy(slice) } }
        let failures = errors.compactMap { $0 }.map(takeFailure)
        if let failure = failures.first { throw failure }
        var values: [[UInt8]?] = []
        values.reserveCapacity(keys.count)
        for slice in slices {
            guard let slice else {
                values.append(nil)
                continue
            }
            var count = 0
            let start = rocksdb_pinnableslice_value(slice, &count)
            let stored = UnsafeRawBufferPointer(start: start, count: count)
            let isShown = trailerSize == 0 ? true : try format.shows(stored)
            values.append(isShown ? Array(stored.dropLast(trailerSize)) : nil)
        }
        return values
    }

    /// The engine's own text for one of its properties, or nil if it has none of that name.
    func property(_ name: String) -> String? {
        guard let text = rocksdb_property_value_cf(database.handle, family, name) else { return nil }
        defer { rocksdb_free(text) }
        return String(cString: text)
    }
}
