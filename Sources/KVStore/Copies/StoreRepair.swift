internal import SystemPackage

/// Makes a store of what can be read of a damaged one: see ``Store/repair(at:to:configuration:)``.
struct StoreRepair {
    private let source: StoreDirectory
    private let target: FilePath
    private let configuration: StoreConfiguration

    init(_ path: FilePath, _ target: FilePath, _ configuration: StoreConfiguration) throws(StoreError) {
        source = StoreDirectory(path: path, lock: nil, isNew: false, layout: .separateDatabases)
        self.target = target
        self.configuration = configuration
        guard StoreFiles.isDirectory(source.metadata) || StoreFiles.isDirectory(source.namespaces) else {
            throw StoreError(
                .notAStore, .repair, path: path, "there are no databases here: no metadata and no namespaces")
        }
        if target.isWithin(path) {
            throw StoreError(
                .invalidArgument, .repair, path: target, "the path is within the folder of the damaged store")
        }
    }

    func run() throws(StoreError) -> RepairReport {
        let lock = try StoreFiles.isWritable(source.path) ? StoreLock(source.path) : nil
        // Nothing is added to the damaged store either.
        defer { lock?.removeIfNew() }
        let identity = try identity()
        guard identity.layout == .separateDatabases, !EngineFiles.hasDatabase(source.namespaces) else {
            throw StoreError(
                .invalidArgument, .repair, path: source.path,
                "a store with the layout singleDatabase cannot be repaired, and nothing was made; restore it from a backup, or "
                    + "open it and copy what can still be read")
        }
        let folder = try StagedFolder(target, identity, .repair)
        do throws(StoreError) {
            try StoreFiles.makeFolder(folder.path.appending("namespaces"), .repair)
            let report = try fill(
                StoreDirectory(path: folder.path, lock: nil, isNew: false, layout: .separateDatabases))
            try folder.publish()
            return report
        } catch {
            folder.abandon()
            throw error
        }
    }

    private func identity() throws(StoreError) -> StoreIdentity {
        do throws(StoreError) {
            return try source.identity()
        } catch {
            guard error.code == .formatTooNew else { return .make(.separateDatabases) }
            throw error
        }
    }

    private func fill(_ made: StoreDirectory) throws(StoreError) -> RepairReport {
        let tuning = configuration.metadataTuning
        // Without the note, as for a store of an older version, what is there is all that can be asked for.
        let noted = try? MetadataWatermark.read(source.path.appending(MetadataWatermark.file)).promise
        let metadata = try DatabaseRepair(
            from: source.metadata, to: made.metadata, tuning, .plain, promise: noted ?? RecoveryWatermark()
        ).run()
        let opener = DatabaseOpener(isReader: false, keepAlive: nil)
        let database = MetadataDatabase(made, opener, tuning)
        if metadata.outcome == .lost {
            try StoreFiles.makeFolder(made.metadata, .repair)
            try database.create(if: true)
        }
        let catalogSlot = database.slot(family: "default")
        let catalog = NamespaceCatalog(database: catalogSlot)
        let application = database.slot(family: MetadataDatabase.applicationFamily)
        var parts = [part("metadata", source.metadata, metadata)]
        var renamed: [String] = []
        var failure: StoreError?
        do throws(StoreError) {
            let found = try repairNamespaces(made, catalog)
            parts += found.parts
            renamed = found.renamed
            try application.withColumnFamily(.repair) { (columnFamily) throws(EngineFailure) in try columnFamily.flush()
            }
        } catch {
            failure = error
        }
        for slot in [application, catalogSlot] {
            try slot.close(.closed, .repair) { (columnFamily) throws(EngineFailure) in
                try columnFamily.database.closeLog()
            }
        }
        if let failure { throw failure }
        return RepairReport(parts: parts, renamed: renamed)
    }

    private func repairNamespaces(
        _ made: StoreDirectory, _ catalog: NamespaceCatalog
    ) throws(StoreError) -> (parts: [RepairReport.Part], renamed: [String]) {
        let known = try catalog.salvaged()
        var parts: [RepairReport.Part] = []
        var renamed: [String] = []
        let folders = try StoreFiles.isDirectory(source.namespaces) ? StoreFiles.list(source.namespaces, .repair) : []
        let ids = Set(folders.compactMap { UInt64($0) }).subtracting(known.dropped)
        for id in ids.union(known.records.keys).sorted() {
            let record = known.records[id] ?? found(id, names: Set(known.records.values.map(\.name)))
            let promise = try catalog.promise(id)
            let folder = source.namespace(id: id)
            let repaired = try DatabaseRepair(
                from: folder, to: made.namespace(id: id), record.tuning ?? configuration.namespaceTuning,
                configuration.format(of: record, at: source.namespace(id: record.id), .repair),
                promise: promise
            ).run()
            parts.append(part(record.name, folder, repaired))
            if repaired.outcome == .lost {
                try catalog.forget(record)
                continue
            }
            if known.records[id] == nil {
                renamed.append(record.name)
                try catalog.change(record, .repair)
            }
            guard repaired.outcome != .intact else { continue }
            // What of the number that it has comes again is not known.
            try catalog.setPromises([id: RecoveryWatermark()])
        }
        return (parts, renamed)
    }

    /// The entry of a namespace that the catalog does not know, as its folder tells.
    private func found(_ id: UInt64, names: Set<String>) -> CatalogRecord {
        var name = "recovered-\(id)"
        while names.contains(name) { name += "-" }
        var record = CatalogRecord(name: name, id: id)
        record.deletesRanges = true
        let options = DatabaseOptionsFile(source.namespace(id: id))
        record.mergeOperator = options.mergeOperator
        // Long enough for entries to come: what is there has its own time in it.
        if options.expires { record.timeToLive = 100 * 365 * 24 * 3600 * 1000 }
        return record
    }

    private func part(
        _ namespace: String, _ folder: FilePath, _ repaired: DatabaseRepair.Result
    ) -> RepairReport.Part {
        RepairReport.Part(
            namespace: namespace, path: folder, outcome: repaired.outcome, damage: repaired.damage,
            entries: repaired.entries, unusableFiles: repaired.unusableFiles)
    }
}

/// What the options file that the engine keeps with a database says of its values.
private struct DatabaseOptionsFile {
    private(set) var mergeOperator: String?
    private(set) var expires = false

    init(_ folder: FilePath) {
        let names = ((try? StoreFiles.list(folder, .repair)) ?? []).filter { $0.hasPrefix(EngineFiles.optionsPrefix) }
        guard let newest = names.filter({ !$0.hasSuffix(".dbtmp") }).max(),
            let bytes = try? StoreFiles.read(folder.appending(newest), atMost: .mebibytes(1), .repair)
        else { return }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let line = line.drop { $0 == " " }
            func value(_ name: String) -> String? {
                guard line.hasPrefix(name) else { return nil }
                let value = line.dropFirst(name.count).trimmingPrefix { "{=".contains($0) }
                    .replacing("id=", with: "", maxReplacements: 1)
                return String(value.prefix { $0 != ";" && $0 != "}" })
            }
            if let name = value("merge_operator="), name != "nullptr", !name.isEmpty { mergeOperator = name }
            if let name = value("compaction_filter="), name == "kvstore.expiry" { expires = true }
        }
    }
}
