internal import FoundationEssentials
internal import SystemPackage

extension Namespace {
    /// Loads entries that are sorted by key, past the log and the memtables.
    ///
    /// Writes table files and has the database take them over in one step: readers see all of the entries or none, and so
    /// does a crash; what a crash leaves of the files is removed when the namespace is next opened. An entry replaces
    /// what its key held. On disk when this returns. Faster than writing where there is much, and where little of it
    /// falls between keys that are there already.
    ///
    /// A commit that is made while this runs comes before or after all of it. ``changes(since:)`` does not show what was
    /// loaded, and says so with an error. In a namespace with a time to live, entries live from when they are loaded.
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
    /// - Throws: `.invalidArgument` when they are not in order, naming the first that is not by its place, or for a key or
    ///   value over the ``Limits``; nothing was written then. `.ioError`, `.noSpace`, `.closed`; `.busy` when the namespace
    ///   was reopened meanwhile.
    @discardableResult
    public func ingest<Key: Bytes, Value: Bytes>(
        _ entries: some Sequence<(key: Key, value: Value)>
    ) throws(StoreError) -> Int {
        // Held rather than inside the gate: the sequence is the caller's code, and closing must not wait for it.
        let held = try slot.withKeyspace(.ingest) { (keyspace) throws(EngineFailure) in
            // Before any file is written: to a reader the folder is another's.
            if let failure = keyspace.database.log.failure { throw failure }
            return keyspace
        }
        let ingests = slot.context.path.appending(Self.ingestFolder)
        let folder = ingests.appending(UUID().uuidString)
        try StoreFiles.makeFolder(ingests, .ingest)
        try StoreFiles.makeFolder(folder, .ingest)
        // Best effort: what is left goes when the namespace is next opened.
        defer { try? StoreFiles.remove(folder, .ingest) }
        var writer = SortedWriter(folder, held, slot.context)
        for (key, value) in entries {
            try key.withBytes { (key) throws(StoreError) in
                try value.withBytes { (value) throws(StoreError) in
                    try checkSizes(key, value, .ingest)
                    try writer.add(key, value)
                }
            }
        }
        let (files, count) = try writer.finish()
        guard count > 0 else { return 0 }
        try slot.withKeyspace(.ingest) { (keyspace) throws(EngineFailure) in
            guard keyspace === held else {
                throw EngineFailure.refused(.busy, "the namespace was reopened meanwhile; try again")
            }
            try keyspace.ingest(files)
        }
        return count
    }

    /// Loads entries that are sorted by key. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    @discardableResult
    public func ingest<Key: Bytes & SendableMetatype, Value: Bytes & SendableMetatype>(
        _ entries: some Sequence<(key: Key, value: Value)> & Sendable
    ) async throws -> Int {
        try await IOPool.shared.run { try self.ingest(entries) }
    }

    /// Where in a namespace's folder the files are written.
    static let ingestFolder = "ingest"
}
