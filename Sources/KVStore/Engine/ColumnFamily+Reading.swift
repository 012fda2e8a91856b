internal import CRocksDB

extension ColumnFamily {
    /// The value of a key where the engine holds it, not copied; `nil` when there is none.
    @inline(__always)
    func get(_ key: RawSpan, _ options: ReadOptions) throws(EngineFailure) -> EngineSlice? {
        try shown(at: options.time) { () throws(EngineFailure) in try getStored(key, options.handle) }
    }

    /// The value of a key as it is now.
    @inline(__always)
    func get(_ key: RawSpan) throws(EngineFailure) -> EngineSlice? {
        if readsPlainly { return try getStored(key, latestHandle) }
        return try getLatest(key)
    }

    /// The same, where there is a cache of values, a buffer of commits or a format.
    @inline(never)
    private func getLatest(_ key: RawSpan) throws(EngineFailure) -> EngineSlice? {
        try shown(at: nil) { () throws(EngineFailure) in
            try getKept(key) { () throws(EngineFailure) in try getStored(key, latestHandle) }
        }
    }

    /// What the commits in front of the engine have made of a key, or the cache of values has for it, else what `read`
    /// tells, which that keeps.
    private func getKept(
        _ key: RawSpan, else read: () throws(EngineFailure) -> EngineSlice?
    ) throws(EngineFailure) -> EngineSlice? {
        // Before anything is looked at, so that what is found is kept only if no write came between.
        let look = values?.look(for: key)
        if let found = database.buffer?.value(of: key, in: familyID) {
            guard let value = found else { return nil }
            return EngineSlice(value)
        }
        guard let values, let look else { return try read() }
        if let kept = values.find(key, look) { return EngineSlice(kept) }
        guard let slice = try read() else { return nil }
        values.keep(key, slice.buffer, look)
        return slice
    }

    /// Runs `body` with the value of a key as memtables and cache have it; nil when they do not tell.
    func withCached<Answer: ~Copyable>(
        _ key: RawSpan, _ reads: PointReadOptions, _ body: (consuming EngineSlice?, ColumnFamily) -> Answer
    ) throws(EngineFailure) -> Answer? {
        try unlessIncomplete { () throws(EngineFailure) in body(try getCached(key, reads), self) }
    }

    /// The value of a key as memtables and cache have it.
    ///
    /// - Throws: `.incomplete` when they do not tell.
    private func getCached(_ key: RawSpan, _ reads: PointReadOptions) throws(EngineFailure) -> EngineSlice? {
        let options = reads.cachedOnly
        func read() throws(EngineFailure) -> EngineSlice? {
            guard let slice = try getStored(key, options.handle) else { return nil }
            // Where it would have to open a table file, the engine says that the key is there, with an empty value.
            // RocksDB: `GetContext::MarkKeyMayExist`, which `KeyMayExist` tells from a value and `Get` does not.
            if slice.buffer.isEmpty { throw .refused(.incomplete, "the value is not in memory") }
            return slice
        }
        return try shown(at: options.time) { () throws(EngineFailure) in
            reads.isLatest ? try getKept(key, else: read) : try read()
        }
    }

    /// What `read` tells, unless the format hides it.
    @inline(__always)
    private func shown(
        at time: UInt64?, _ read: () throws(EngineFailure) -> EngineSlice?
    ) throws(EngineFailure) -> EngineSlice? {
        guard var slice = try read() else { return nil }
        guard trailerSize > 0 else { return slice }
        // Not a second condition of the guard: Swift 6.3 forgets to destroy the slice when that one is not met.
        guard try format.shows(slice.buffer, at: time) else { return nil }
        slice.trailerSize = trailerSize
        return slice
    }

    /// What the database holds for a key.
    func getStored(_ key: RawSpan, _ options: ReadOptions) throws(EngineFailure) -> EngineSlice? {
        try getStored(key, options.handle)
    }

    @inline(__always)
    private func getStored(_ key: RawSpan, _ options: OpaquePointer) throws(EngineFailure) -> EngineSlice? {
        let slice = try key.withChars { (start, count) throws(EngineFailure) in
            try engineCall { rocksdb_get_pinned_cf(database.engine, options, family, start, count, $0) }
        }
        guard let slice else { return nil }
        return EngineSlice(slice)
    }

    /// The values of many keys, in their order.
    func getMany(
        _ keys: [UnsafePointer<CChar>?], _ sizes: [Int], isSorted: Bool, _ options: ReadOptions
    ) throws(EngineFailure) -> [[UInt8]?] {
        try database.handOn()
        var slices: [OpaquePointer?] = Array(repeating: nil, count: keys.count)
        var errors: [UnsafeMutablePointer<CChar>?] = Array(repeating: nil, count: keys.count)
        rocksdb_batched_multi_get_cf(
            database.handle, options.handle, family, keys.count, keys, sizes, &slices, &errors, isSorted)
        defer { for case let slice? in slices { rocksdb_pinnableslice_destroy(slice) } }
        if errors.contains(where: { $0 != nil }) {
            let failures = errors.compactMap { $0 }.map(takeFailure)
            throw failures[0]
        }
        var values: [[UInt8]?] = []
        values.reserveCapacity(keys.count)
        let time = options.time ?? (trailerSize > 0 ? format.now : 0)
        for slice in slices {
            guard let slice else {
                values.append(nil)
                continue
            }
            let bytes = kvstore_slice_value(slice)
            let stored = UnsafeRawBufferPointer(start: bytes.start, count: bytes.count)
            let isShown = trailerSize == 0 ? true : try format.shows(stored, at: time)
            values.append(isShown ? Array(UnsafeRawBufferPointer(rebasing: stored.dropLast(trailerSize))) : nil)
        }
        return values
    }

    /// The last key of a range that the database holds, whether readers may see its value or not.
    func lastKey(in range: KeyRange) throws(EngineFailure) -> [UInt8]? {
        guard !range.isEmpty else { return nil }
        let iterator = EngineIterator(self, try EngineSnapshot(self).options(range, ScanOptions()))
        iterator.seekToLast()
        guard iterator.isValid else {
            try iterator.check()
            return nil
        }
        return Array(iterator.key)
    }

    /// The engine's own text for one of its properties, or nil if it has none of that name.
    func property(_ name: String) -> String? {
        guard let text = rocksdb_property_value_cf(database.engine, family, name) else { return nil }
        defer { rocksdb_free(text) }
        return String(cString: text)
    }
}
