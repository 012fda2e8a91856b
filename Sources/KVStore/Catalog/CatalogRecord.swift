internal import SystemPackage

/// An entry of the catalog, kept as JSON.
struct CatalogRecord: Codable, Equatable {
    var name: String
    var id: UInt64
    /// Seconds since 1970.
    var created: Double
    /// Whether ranges were ever deleted: only then do reads look for range deletions.
    var deletesRanges: Bool = false
    /// The name of the merge operator, if the namespace has one.
    var mergeOperator: String?
    /// How long entries live, in milliseconds; nil for ever.
    var timeToLive: UInt64?
    /// The number of the last commit to its database when it was created; nil for none.
    var start: UInt64?
    /// What the application keeps with it; nil for nothing.
    var attributes: [String: String]?
    /// Its own tuning; nil for the store's.
    var tuning: Tuning?
    /// How far back its changes can be read; nil for no further than the log that recovery needs.
    var changes: KeptChanges?

    /// A ``ChangeRetention`` as the catalog keeps it.
    struct KeptChanges: Codable, Equatable {
        var milliseconds: UInt64
        var bytes: Int

        init(_ retention: ChangeRetention) {
            milliseconds = retention.keptFor.wholeMilliseconds
            bytes = retention.upTo.bytes
        }

        var retention: ChangeRetention {
            ChangeRetention(keptFor: .milliseconds(Int64(clamping: milliseconds)), upTo: ByteCount(bytes))
        }
    }

    var info: NamespaceInfo {
        NamespaceInfo(
            name: name, id: id, created: Timestamp(seconds: Int64(created)), mergeOperator: mergeOperator,
            timeToLive: timeToLive.map { .milliseconds($0) }, attributes: attributes ?? [:],
            tuning: tuning, changes: changes?.retention)
    }

    var bytes: [UInt8] {
        get throws(StoreError) {
            do {
                return Array(try JSON(encoding: self).text.utf8)
            } catch {
                throw StoreError(.engine, .createNamespace, "the catalog entry could not be encoded: \(error)")
            }
        }
    }

    init(name: String, id: UInt64, options: NamespaceOptions = NamespaceOptions()) {
        mergeOperator = options.mergeOperator?.name
        timeToLive = options.timeToLive.map(\.wholeMilliseconds)
        attributes = options.attributes.isEmpty ? nil : options.attributes
        tuning = options.tuning
        changes = options.changes.map(KeptChanges.init)
        self.name = name
        self.id = id
        self.created = Double(MonotonicClock.seconds1970)
    }

    /// Reads an entry of the catalog and checks it.
    init(_ entry: Entry, path: FilePath) throws(StoreError) {
        do {
            self = try JSON(parsing: entry.value).decode()
        } catch {
            throw Self.damaged("\(error)", path)
        }
        try check(entry, path)
    }
}

extension CatalogRecord {
    /// An entry as the catalog has it.
    struct Entry {
        let value: [UInt8]
        private let key: [UInt8]
        private let kind: String

        /// - Parameter kind: what its key begins with, before the name or the number of the namespace.
        init(_ kind: String, key: some Sequence<UInt8>, value: some Sequence<UInt8>) {
            self.kind = kind
            self.key = Array(key)
            self.value = Array(value)
        }

        fileprivate func isOf(_ record: CatalogRecord) -> Bool {
            let label = kind == NamespaceCatalog.namespaces ? record.name : String(record.id)
            return (kind + label).utf8.elementsEqual(key)
        }
    }

    /// Throws for what no library wrote: what is done with an entry rests on it.
    private func check(_ entry: Entry, _ path: FilePath) throws(StoreError) {
        guard entry.isOf(self) else { throw Self.damaged("it is the entry of another namespace", path) }
        do throws(StoreError) {
            try NamespaceName.check(name, .namespace)
            try tuning?.validate()
        } catch {
            throw Self.damaged(error.message, path)
        }
        guard id > 0, MonotonicClock.dates1970.contains(created), timeToLive != 0 else {
            throw Self.damaged("a number in it is out of range", path)
        }
        if let complaint = changes?.retention.complaint { throw Self.damaged(complaint, path) }
        guard timeToLive == nil || mergeOperator == nil else {
            throw Self.damaged("it has both a merge operator and a time to live", path)
        }
    }

    private static func damaged(_ what: String, _ path: FilePath) -> StoreError {
        StoreError(
            .corruption, .namespace, path: path,
            "an entry of the catalog cannot be read (\(what)); restore the metadata database from a backup")
    }
}
