/// Entries that are written in one commit.
struct EntryBatch: BenchBatch {
    /// Which ones. One that is named twice is written twice, the same each time.
    var indexes: [Int] = []
    private let data: DataSet
    private var key: KeyFormat
    private var value: [UInt8] = []
    private var versions: [UInt32] = []

    init(_ data: DataSet) {
        self.data = data
        key = KeyFormat(size: data.keySize)
    }

    mutating func write(to writer: inout some BenchWriter & ~Copyable) throws {
        versions.removeAll(keepingCapacity: true)
        for index in indexes {
            let version = data.ledger.state(of: index).nextVersion
            versions.append(version)
            key.set(index)
            data.values.write(index, version: version, into: &value)
            try writer.put(key.bytes.span.bytes, value.span.bytes)
        }
    }

    /// Records that the commit has returned.
    func acknowledge() {
        for (index, version) in zip(indexes, versions) { data.ledger.acknowledge(index, version: version) }
    }
}
