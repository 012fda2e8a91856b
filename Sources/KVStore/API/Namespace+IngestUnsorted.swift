internal import Glibc

extension Namespace {
    /// Loads entries in any order, past the log and the memtables.
    ///
    /// Collects entries until they fill `memory`, sorts them, writes them into table files and has the database take these over
    /// in one step, as ``ingest(_:)`` does with all; then the next. An entry replaces what its key held, one of this load too.
    /// Readers, and a crash, see each part whole or not at all. It is on disk when `progress` is called, and a load that ended
    /// early goes on with the rest:
    ///
    /// ```swift
    /// var loaded = 0
    /// try orders.ingest(unsorted: dump.dropFirst(loaded)) { loaded = $0.entries }
    /// ```
    ///
    /// The larger the parts, the less the engine compacts afterwards: each may have keys of the whole range. A load whose
    /// entries fit into `memory` leaves nothing to compact where the namespace was empty. While the engine has as many files to
    /// compact as ``Tuning/level0StopTrigger`` says, the next part waits as writes do. For all else, such as what
    /// ``changes(since:)`` and a time to live make of it, see ``ingest(_:)``. RocksDB: `SstFileWriter` and
    /// `IngestExternalFile`; the sorting is the library's.
    ///
    /// - Parameters:
    ///   - entries: in any order; of those with one key the last is kept.
    ///   - memory: how much the collected entries take at most, beside ``Store/memoryBudget``, with 36 bytes for each; at least
    ///     1 MiB. Taken as it is needed. Default 256 MiB. An entry that is larger is a part of its own.
    ///   - progress: called after each part, with nothing locked: it may use the store. Default nothing.
    /// - Returns: how many entries there were, those that others replaced too.
    /// - Throws: as ``ingest(_:)``, but that the parts before stay. `.invalidArgument` too when there is not so much memory.
    @available(*, noasync, message: "in async code, load a sequence that is Sendable, such as an array")
    @discardableResult
    public func ingest<Key: Bytes, Value: Bytes>(
        unsorted entries: some Sequence<(key: Key, value: Value)>, memory: ByteCount = .mebibytes(256),
        progress: (IngestProgress) -> Void = { _ in }
    ) throws(StoreError) -> Int {
        let held = try columnFamilyToLoad()
        defer { held.uses.end(.load) }
        guard var buffer = SortBuffer(capacity: memory.bytes) else {
            throw error(.invalidArgument, .ingest, "\(memory) of memory for the entries are not to be had")
        }
        let trailerSize = held.trailerSize
        var (count, bytes, parts) = (0, 0, 0)
        func tell() {
            parts += 1
            progress(IngestProgress(entries: count, bytes: ByteCount(bytes), parts: parts))
        }
        for (key, value) in entries {
            try key.withBytes { (key) throws(StoreError) in
                try value.withBytes { (value) throws(StoreError) in
                    if let violation = Limits.violation(key: key.byteCount, value: value.byteCount) {
                        throw error(
                            .invalidArgument, .ingest,
                            "entry \(count) (the first being 0): \(violation); \(parts) parts are loaded, it and what is behind are not"
                        )
                    }
                    let size = key.byteCount + value.byteCount
                    if !buffer.hasRoom(for: size + trailerSize), buffer.count > 0 {
                        try load(&buffer, held)
                        tell()
                    }
                    let fits = buffer.hasRoom(for: size + trailerSize)
                    if fits {
                        buffer.add(key, value, held.format.trailer)
                    } else {
                        try loadPart(held) { (writer) throws(StoreError) in try writer.add(key, value) }
                    }
                    count += 1
                    bytes += size
                    if !fits { tell() }
                }
            }
        }
        if buffer.count > 0 {
            try load(&buffer, held)
            tell()
        }
        return count
    }

    /// Loads entries in any order. Runs on an I/O thread while the task is suspended, where `progress` is called too.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    @discardableResult
    public func ingest<Key: Bytes & SendableMetatype, Value: Bytes & SendableMetatype>(
        unsorted entries: some Sequence<(key: Key, value: Value)> & Sendable, memory: ByteCount = .mebibytes(256),
        progress: @escaping @Sendable (IngestProgress) -> Void = { _ in }
    ) async throws -> Int {
        try await store.threads.maintenance.run {
            try self.ingest(unsorted: entries, memory: memory, progress: progress)
        }
    }

    private func load(_ buffer: inout SortBuffer, _ held: ColumnFamily) throws(StoreError) {
        try loadPart(held) { (writer) throws(StoreError) in
            do throws(EngineFailure) {
                try buffer.sorted { (key, stored) throws(EngineFailure) in try writer.addStored(key, stored) }
            } catch {
                throw slot.context.error(error, .ingest)
            }
        }
        buffer.removeAll()
    }

    private func loadPart(
        _ held: ColumnFamily, _ write: (inout SortedWriter) throws(StoreError) -> Void
    ) throws(StoreError) {
        try waitForCompactions(held)
        try withIngestFolder { (folder) throws(StoreError) in
            var writer = SortedWriter(folder, held, slot.context)
            try write(&writer)
            try takeOver(try writer.finish().files, held)
        }
    }

    /// Waits while the engine has level 0 full and compacts it.
    private func waitForCompactions(_ held: ColumnFamily) throws(StoreError) {
        var idle = 0
        // A compaction that has ended may not have been followed by the next yet.
        while idle < Self.idleLooks {
            let load = try slot.withColumnFamily(.ingest) { (columnFamily) throws(EngineFailure) in columnFamily.load }
            guard load.level0Files >= held.options.tuning.level0StopTrigger, !load.hasFailed else { return }
            idle = load.runningCompactions > 0 ? 0 : idle + 1
            usleep(5000)
        }
    }

    private static let idleLooks = 200
}
