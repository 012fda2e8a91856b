internal import Synchronization
internal import SystemPackage

extension Store {
    /// Reads everything that the store has on disk and checks its checksums: the metadata database, then every
    /// namespace.
    ///
    /// See ``Namespace/verify()`` for what is read. A namespace that is dropped meanwhile is left out. In the layout
    /// ``StoreLayout/singleDatabase`` 256 namespaces are read through one handle.
    ///
    /// - Returns: what was read; that it returns is the good news.
    /// - Throws: `.corruption` at the first damage, naming the namespace and, as far as the engine tells, the file;
    ///   `.ioError` when a file cannot be read; `.closed` when the store is closed meanwhile.
    public func verify() throws(StoreError) -> Verification {
        var parts = try metadata.verify().parts
        var held: [HeldNamespace] = []
        for info in try namespaces() {
            let next: HeldNamespace
            do throws(StoreError) {
                next = try HeldNamespace(namespace(info.name))
            } catch {
                guard error.code == .namespaceNotFound else { throw error }
                continue
            }
            if held.count == Self.verifiedTogether || !next.isBeside(held) {
                parts += try verify(held, leavingOutDropped: true)
                held = []
            }
            held.append(next)
        }
        return Verification(parts: parts + (try verify(held, leavingOutDropped: true)))
    }

    /// How many namespaces of one database are read through one handle of it. To open it takes time for each namespace
    /// that there is, and memory for each that is to be read.
    private static let verifiedTogether = 256

    /// Reads everything that the store has on disk and checks its checksums. Runs on an I/O thread while the task is
    /// suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func verify() async throws -> Verification { try await threads.maintenance.run { try self.verify() } }
}

extension Namespace {
    /// Reads everything that the namespace has on disk and checks its checksums.
    ///
    /// A second handle of the database, with no cache, reads the manifest, the logs and every block of every table
    /// file, so nothing is answered from memory; what damaged files still have in memory elsewhere does not hide the
    /// damage. Reads and writes go on meanwhile. The files that are in use when it begins are read, and they take disk
    /// space until it ends. Expect the time of reading them once, one open file a table file, and memory for the logs,
    /// at most ``Tuning/memtableBudget``. Not covered is what the engine can do without, the filters and properties of
    /// a table file: it notices damage there by itself, and it costs speed, not data. RocksDB: `DB::OpenForReadOnly`
    /// and iterators with `ReadOptions.verify_checksums`.
    ///
    /// Of the metadata database, the catalog of namespaces is read too.
    ///
    /// - Returns: what was read; that it returns is the good news.
    /// - Throws: `.corruption` at the first damage, naming the namespace and, as far as the engine tells, the file;
    ///   `.ioError` when a file cannot be read; `.closed` when the namespace is closed or reopened meanwhile,
    ///   `.namespaceNotFound` when it is dropped. An empty namespace is not an error.
    public func verify() throws(StoreError) -> Verification {
        Verification(parts: try store.verify([HeldNamespace(self)], leavingOutDropped: false))
    }

    /// Reads everything that the namespace has on disk and checks its checksums. Runs on an I/O thread while the task
    /// is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func verify() async throws -> Verification { try await store.threads.maintenance.run { try self.verify() } }
}

/// A namespace that is verified: held rather than inside the gate, since closing must not wait for as long as this
/// takes.
private final class HeldNamespace {
    let name: String
    let id: UInt64
    let context: ErrorContext
    let columnFamily: ColumnFamily

    init(_ namespace: Namespace) throws(StoreError) {
        name = namespace.name
        id = namespace.slot.id
        context = namespace.slot.context
        columnFamily = try namespace.slot.withColumnFamily(.verify) { (columnFamily) throws(EngineFailure) in
            columnFamily
        }
        columnFamily.uses.verifications.wrappingAdd(1, ordering: .relaxed)
    }

    /// Whether it is in the same database as others.
    func isBeside(_ others: [HeldNamespace]) -> Bool {
        others.allSatisfy { $0.columnFamily.database === columnFamily.database }
    }

    /// The column family to read; nil for all of the database, since the metadata database is read whole.
    var family: String? { id == 0 ? nil : columnFamily.familyName }

    deinit { columnFamily.uses.verifications.wrappingSubtract(1, ordering: .releasing) }

    /// What was met while it was read, or that it ended meanwhile.
    func error(_ failure: EngineFailure) -> StoreError {
        context.error(columnFamily.isClosed ? columnFamily.endingFailure : failure, .verify)
    }
}

extension Store {
    /// Verifies namespaces that are in one database through one second handle of it.
    fileprivate func verify(
        _ namespaces: [HeldNamespace], leavingOutDropped: Bool
    ) throws(StoreError) -> [Verification.Part] {
        guard let first = namespaces.first else { return [] }
        var parts: [Verification.Part] = []
        for result in read(namespaces, of: first.columnFamily.database) {
            do throws(StoreError) {
                parts.append(try result.get())
            } catch {
                guard leavingOutDropped, error.code == .namespaceNotFound else { throw error }
            }
        }
        return parts
    }

    /// What the database was known to have on disk before it is read.
    private func lastPromise(
        of namespaces: [HeldNamespace], in database: Database
    ) throws(StoreError) -> RecoveryWatermark {
        guard let first = namespaces.first, first.id != 0 else { return metadataDatabase.known }
        return try promises.promise(first.id)
    }

    private func read(
        _ namespaces: [HeldNamespace], of database: Database
    ) -> [Result<Verification.Part, StoreError>] {
        try? database.handOn()
        // What went past the log is not on disk before it is flushed.
        let written = database.log.promise(database.engineSequence) ?? 0
        let promise: RecoveryWatermark
        do throws(StoreError) {
            promise = try lastPromise(of: namespaces, in: database)
        } catch {
            return [.failure(error)]
        }
        let sequence = max(written, promise.sequence)
        func read() throws(EngineFailure) -> [Result<Verification.Part, StoreError>] {
            if let complaint = promise.manifest?.complaint(FilePath(database.path)) {
                throw .refused(.corruption, "the manifest of the database is damaged: \(complaint)")
            }
            let formats = Dictionary(namespaces.map { ($0.columnFamily.familyName, $0.columnFamily.format) }) {
                format, _ in
                format
            }
            let reader = try opener.openToVerify(
                FilePath(database.path), configuration.namespaceTuning, formats,
                onlyThose: namespaces.allSatisfy { $0.family != nil })
            var results: [Result<Verification.Part, StoreError>] = []
            for one in namespaces {
                let part = Result { () throws(EngineFailure) in
                    let files = reader.tableFiles(of: one.family)
                    let result = try DatabaseVerification(
                        reader, of: one.columnFamily, family: one.family, atLeast: sequence)
                    return Verification.Part(
                        namespace: one.name, tableFiles: files.count, tableBytes: ByteCount(files.bytes),
                        entries: result.entries, entryBytes: ByteCount(result.entryBytes))
                }
                results.append(part.mapError(one.error))
                if case .failure(let error) = results.last, error.code != .namespaceNotFound { break }
            }
            return results
        }
        do throws(EngineFailure) {
            // A reader's own handle cannot keep files; there the handle that verifies has all of them open.
            return try configuration.isReader ? read() : database.withFilesKept(read)
        } catch {
            // Which of them it is that cannot be opened, the engine does not say.
            if namespaces.count > 1 { return namespaces.flatMap { self.read([$0], of: database) } }
            return namespaces.map { .failure($0.error(error)) }
        }
    }
}
