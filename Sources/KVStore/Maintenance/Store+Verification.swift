internal import SystemPackage

extension Store {
    /// Reads everything that the store has on disk and checks its checksums: the metadata database, then every namespace.
    ///
    /// See ``Namespace/verify()`` for what is read. A namespace that is dropped meanwhile is left out.
    ///
    /// - Returns: what was read; that it returns is the good news.
    /// - Throws: `.corruption` at the first damage, naming the namespace and, as far as the engine tells, the file; `.ioError`
    ///   when a file cannot be read; `.closed` when the store is closed meanwhile.
    public func verify() throws(StoreError) -> Verification {
        var parts = try metadata.verify().parts
        for info in try namespaces() {
            do throws(StoreError) {
                parts += try namespace(info.name).verify().parts
            } catch {
                guard error.code == .namespaceNotFound else { throw error }
            }
        }
        return Verification(parts: parts)
    }

    /// Reads everything that the store has on disk and checks its checksums. Runs on an I/O thread while the task is
    /// suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func verify() async throws -> Verification { try await IOPool.shared.run { try self.verify() } }
}

extension Namespace {
    /// Reads everything that the namespace has on disk and checks its checksums.
    ///
    /// A second handle of the database, with no cache, reads the manifest, the logs and every block of every table file, so
    /// nothing is answered from memory; what damaged files still have in memory elsewhere does not hide the damage. Reads
    /// and writes go on meanwhile. The files that are in use when it begins are read, and they take disk space until it
    /// ends. Expect the time of reading them once, one open file a table file, and memory for the logs, at most
    /// ``Tuning/memtableBudget``. Not covered is what the engine can do without, the filters and properties of a table
    /// file: it notices damage there by itself, and it costs speed, not data. RocksDB: `DB::OpenForReadOnly` and iterators with `ReadOptions.verify_checksums`.
    ///
    /// Of the metadata database, the catalog of namespaces is read too.
    ///
    /// - Returns: what was read; that it returns is the good news.
    /// - Throws: `.corruption` at the first damage, naming the namespace and, as far as the engine tells, the file; `.ioError`
    ///   when a file cannot be read; `.closed` when the namespace is closed, reopened or dropped meanwhile. An empty
    ///   namespace is not an error.
    public func verify() throws(StoreError) -> Verification {
        // Held rather than inside the gate: closing must not wait for as long as this takes.
        let keyspace = try slot.withKeyspace(.verify) { (keyspace) throws(EngineFailure) in keyspace }
        do throws(EngineFailure) {
            return Verification(parts: [try store.verify(keyspace, name)])
        } catch {
            let context = slot.context
            let file = error.code == .corruption ? error.file(in: context.path) : nil
            throw ErrorContext(namespace: context.namespace, path: file ?? context.path).error(error, .verify)
        }
    }

    /// Reads everything that the namespace has on disk and checks its checksums. Runs on an I/O thread while the task is
    /// suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func verify() async throws -> Verification { try await IOPool.shared.run { try self.verify() } }
}

extension Store {
    fileprivate func verify(_ keyspace: Keyspace, _ name: String) throws(EngineFailure) -> Verification.Part {
        let database = keyspace.database
        // The metadata database is read whole.
        let isShared = database.path == directory.namespaces.string
        let family = isShared ? keyspace.familyName : nil
        // What went past the log is not on disk before it is flushed.
        let sequence = database.log.promisedSequence == nil ? 0 : database.latestSequence
        func read() throws(EngineFailure) -> Verification.Part {
            let reader = try opener.openToVerify(
                FilePath(database.path), configuration.namespaceTuning, keyspace.format, family: family)
            let files = reader.tableFiles(of: family)
            let result = try DatabaseVerification(reader, of: keyspace, family: family, atLeast: sequence)
            return Verification.Part(
                namespace: name, tableFiles: files.count, tableBytes: ByteCount(files.bytes), entries: result.entries,
                entryBytes: ByteCount(result.entryBytes))
        }
        // A reader's own handle cannot keep files; there the handle that verifies has all of them open.
        return try configuration.isReader ? read() : database.withFilesKept(read)
    }
}
