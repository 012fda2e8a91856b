internal import SystemPackage

/// Fills a folder with a store that holds what another does, in another layout.
struct LayoutConversion {
    private let store: Store
    private let folder: FilePath
    private let layout: Store.Layout

    /// - Parameter folder: has the identity of a store that is being made, and nothing else.
    init(_ store: Store, _ folder: FilePath, _ layout: Store.Layout) {
        self.store = store
        self.folder = folder
        self.layout = layout
    }

    func make() throws(StoreError) {
        let checkpoint = folder.appending("source")
        try StoreFiles.makeFolder(checkpoint, .copy)
        try StoreCopy(store, checkpoint, .copy).make()
        for name in ["metadata", "namespaces"] { try StoreFiles.makeFolder(folder.appending(name), .copy) }
        // Neither has a STORE file, and nobody else knows of them.
        let source = try Store(
            StoreDirectory(path: checkpoint, lock: nil, isNew: false, layout: store.layout), configuration)
        let target = try Store(StoreDirectory(path: folder, lock: nil, isNew: true, layout: layout), configuration)
        for record in try source.catalog.all() {
            let namespace = try target.createCopy(of: record)
            try copy(try source.slot(for: record), to: namespace.slot)
        }
        try copy(source.metadataSlot, to: target.metadataSlot)
        try target.close()
        try source.close()
        try StoreFiles.remove(checkpoint, .copy)
    }

    /// How both are opened: as the store, without what it needs to run for long.
    private var configuration: StoreConfiguration {
        var configuration = store.configuration
        configuration.layout = nil
        configuration.walSyncInterval = nil
        configuration.blockCache = .shared(.mebibytes(8))
        return configuration
    }

    private func copy(_ source: NamespaceSlot, to target: NamespaceSlot) throws(StoreError) {
        let from = try source.withColumnFamily(.copy) { (columnFamily) throws(EngineFailure) in columnFamily }
        let to = try target.withColumnFamily(.copy) { (columnFamily) throws(EngineFailure) in columnFamily }
        func reading<Result>(_ body: () throws(EngineFailure) -> Result) throws(StoreError) -> Result {
            do throws(EngineFailure) { return try body() } catch { throw source.context.error(error, .copy) }
        }
        var scan = ScanOptions()
        scan.fillsCache = false
        scan.verifiesChecksums = true
        scan.readahead = .mebibytes(2)
        let iterator = EngineIterator(
            from, try reading { () throws(EngineFailure) in try EngineSnapshot(from) }.options(.all, scan))
        let now = from.format.now
        var loader = StoredLoader(to, target.context)
        iterator.seekToFirst()
        while iterator.isValid {
            let stored = iterator.storedValue
            if try reading({ () throws(EngineFailure) in try isCopied(stored, from.format, now) }) {
                try loader.add(iterator.key.bytes, stored.bytes)
            }
            iterator.next()
        }
        try reading { () throws(EngineFailure) in try iterator.check() }
        try loader.finish()
    }

    /// What is hidden for good is left behind; parts that could not be combined are kept.
    private func isCopied(
        _ stored: UnsafeRawBufferPointer, _ format: ValueFormat, _ now: UInt64
    ) throws(EngineFailure) -> Bool {
        if case .mergeable = format, !stored.isEmpty { return true }
        return try format.shows(stored, at: now)
    }
}

/// Writes entries, given in order, to a column family that is empty, their values as they are to stand in the database:
/// few as one batch, many through table files.
private struct StoredLoader: ~Copyable {
    private let columnFamily: ColumnFamily
    private let context: ErrorContext
    private let folder: FilePath
    private var batch = WriteBatch()
    private var writer: SortedWriter?
    private static let batchLimit = ByteCount.mebibytes(1).bytes

    init(_ columnFamily: ColumnFamily, _ context: ErrorContext) {
        self.columnFamily = columnFamily
        self.context = context
        folder = context.path.appending(IngestFolder.name)
    }

    mutating func add(_ key: RawSpan, _ stored: RawSpan) throws(StoreError) {
        if writer == nil {
            guard batch.byteCount + key.byteCount + stored.byteCount > Self.batchLimit else {
                batch.put(key, stored)
                return
            }
            try StoreFiles.makeFolder(folder, .copy)
            writer = SortedWriter(folder, columnFamily, context)
            try moveBatch()
        }
        try addToFile(key, stored)
    }

    private mutating func moveBatch() throws(StoreError) {
        let bytes = batch.representation
        var offset = WriteBatch.headerSize
        while let record = bytes.withUnsafeBytes({ WriteBatch.record(at: offset, in: $0) }) {
            try addToFile(bytes.span.bytes.extracting(record.key), bytes.span.bytes.extracting(record.value))
            offset = record.end
        }
        batch.clear()
    }

    private mutating func addToFile(_ key: RawSpan, _ stored: RawSpan) throws(StoreError) {
        do throws(EngineFailure) {
            try writer?.addStored(key, stored)
        } catch {
            throw context.error(error, .copy)
        }
    }

    consuming func finish() throws(StoreError) {
        let files = try writer.take()?.finish().files
        do throws(EngineFailure) {
            // There is nothing yet that they could overlap with.
            if let files, try !columnFamily.ingest(files) {
                throw EngineFailure.refused(.engine, "the engine does not take files over into an empty namespace")
            }
            if !batch.isEmpty { _ = try columnFamily.writeStored(batch, .buffered) }
        } catch {
            throw context.error(error, .copy)
        }
        if files != nil { try StoreFiles.remove(folder, .copy) }
    }
}
