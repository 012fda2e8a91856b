internal import Glibc
internal import SystemPackage

extension Namespace {
    /// Loads entries that are sorted by key, past the log and the memtables.
    ///
    /// Writes table files and has the database take them over in one step: readers see all of the entries or none, and
    /// so does a crash; what a crash leaves of the files is removed when the namespace is next opened. An entry
    /// replaces what its key held. On disk when this returns. Faster than writing where there is much, and where little
    /// of it falls between keys that are there already.
    ///
    /// A commit that is made while this runs comes before or after all of it. Where entries fall into what is still in
    /// memtables, these are flushed first; should others go on writing there, calls wait while that is done once more.
    /// ``changes(since:)`` does not show what was loaded, and says so with an error: a load takes a sequence number, of
    /// which the engine rids each file by writing it once more in the background. In a namespace with a time to live,
    /// entries live from when they are loaded.
    ///
    /// ```swift
    /// try orders.ingest(dictionary.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    /// ```
    ///
    /// Needs the disk space of the entries, and memory for one file's index. RocksDB: `SstFileWriter` and
    /// `IngestExternalFile` with `move_files`.
    ///
    /// - Parameter entries: in ascending order of their keys' bytes, each key once. No entries are no error.
    /// - Returns: how many entries there were.
    /// - Throws: `.invalidArgument` when they are not in order, naming the first that is not by its place, or for a key
    ///   or value over the ``Limits``; nothing was written then. `.ioError`, `.noSpace`, `.closed`; `.busy` when the
    ///   namespace was reopened meanwhile, or its memtables could not be flushed within seconds.
    @available(*, noasync, message: "in async code, load a sequence that is Sendable, such as an array")
    @discardableResult
    public func ingest<Key: Bytes, Value: Bytes>(
        _ entries: some Sequence<(key: Key, value: Value)>
    ) throws(StoreError) -> Int {
        let held = try columnFamilyToLoad()
        defer { held.uses.end(.load) }
        return try withIngestFolder { (folder) throws(StoreError) in
            var writer = SortedWriter(folder, held, slot.context)
            for (key, value) in entries {
                try key.withBytes { (key) throws(StoreError) in
                    try value.withBytes { (value) throws(StoreError) in
                        try checkSizes(key.byteCount, value.byteCount, .ingest)
                        try writer.add(key, value)
                    }
                }
            }
            let (files, count) = try writer.finish()
            guard count > 0 else { return 0 }
            try takeOver(files, held)
            return count
        }
    }

    /// Loads entries that are sorted by key. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    @discardableResult
    public func ingest<Key: Bytes & SendableMetatype, Value: Bytes & SendableMetatype>(
        _ entries: some Sequence<(key: Key, value: Value)> & Sendable
    ) async throws -> Int {
        try await store.threads.maintenance.run { try self.ingest(entries) }
    }

    /// What a load goes into, marked as used by one, which the caller ends.
    ///
    /// Held rather than inside the gate: the sequence is the caller's code, and closing must not wait for it.
    func columnFamilyToLoad() throws(StoreError) -> ColumnFamily {
        let held = try slot.withColumnFamily(.ingest) { (columnFamily) throws(EngineFailure) in
            // Before any file is written: to a reader the folder is another's.
            if let failure = columnFamily.database.log.failure { throw failure }
            return columnFamily
        }
        held.uses.begin(.load)
        return held
    }

    func withIngestFolder<Result>(
        _ body: (FilePath) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        let folder = try IngestFolder.make(in: slot.context.path)
        // Best effort: what is left goes when the namespace is next opened.
        defer { try? StoreFiles.remove(folder, .ingest) }
        return try body(folder)
    }

    /// Has the database take table files over, all or none.
    func takeOver(_ files: [String], _ held: ColumnFamily) throws(StoreError) {
        func check(_ columnFamily: ColumnFamily) throws(EngineFailure) {
            guard columnFamily !== held else { return }
            throw .refused(.busy, "the namespace was reopened meanwhile; try again")
        }
        let isDone = try slot.withColumnFamily(.ingest) { (columnFamily) throws(EngineFailure) in
            try check(columnFamily)
            if try columnFamily.ingest(files) { return true }
            try columnFamily.flush()
            return try columnFamily.ingest(files)
        }
        guard !isDone else { return }
        // Others write to the same range: they wait for as long as it takes to flush what has come since.
        try slot.quiesced(.ingest) { (columnFamily) throws(StoreError) in
            do throws(EngineFailure) {
                try check(columnFamily)
                for _ in 0..<Self.ingestAttempts {
                    try columnFamily.flush()
                    if try columnFamily.ingest(files) { return }
                    // The flush has ended, but its thread has not put its outcome in place.
                    usleep(1000)
                }
                throw .refused(.busy, "the engine does not come to flush what the load overlaps with; try again")
            } catch {
                throw slot.context.error(error, .ingest)
            }
        }
    }

    private static let ingestAttempts = 1000
}
