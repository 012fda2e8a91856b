internal import FoundationEssentials
internal import SystemPackage

/// An entry of the catalog, kept as JSON.
struct NamespaceRecord: Codable, Equatable {
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

    var info: NamespaceInfo {
        NamespaceInfo(
            name: name, id: id, created: Date(timeIntervalSince1970: created), mergeOperator: mergeOperator,
            timeToLive: timeToLive.map { .milliseconds($0) }, attributes: attributes ?? [:],
            tuning: tuning)
    }

    var bytes: [UInt8] {
        get throws(StoreError) {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            do {
                return Array(try encoder.encode(self))
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
        self.name = name
        self.id = id
        self.created = Date().timeIntervalSince1970.rounded(.down)
    }

    init(_ bytes: [UInt8], path: FilePath) throws(StoreError) {
        do {
            self = try JSONDecoder().decode(NamespaceRecord.self, from: Data(bytes))
        } catch {
            throw StoreError(
                .corruption, .namespace, path: path,
                "an entry of the catalog cannot be read (\(error)); restore the metadata database from a backup")
        }
    }

    /// Reads many entries with one decoder.
    static func list(_ entries: [[UInt8]], path: FilePath) throws(StoreError) -> [NamespaceRecord] {
        var text = Data("[".utf8)
        for entry in entries {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            text.append(contentsOf: entry)
        }
        text.append(UInt8(ascii: "]"))
        let records = try? JSONDecoder().decode([NamespaceRecord].self, from: text)
        if let records, records.count == entries.count { return records }
        // One of them cannot be read; alone it says why.
        var readable: [NamespaceRecord] = []
        for entry in entries { readable.append(try NamespaceRecord(entry, path: path)) }
        return readable
    }
}
