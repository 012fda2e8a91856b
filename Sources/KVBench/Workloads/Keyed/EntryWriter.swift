/// Writes entries, the next version of each, and records what was acknowledged.
struct EntryWriter {
    private let data: DataSet
    private var entries: EntryBatch
    private var key: KeyFormat
    private var value: [UInt8] = []

    init(_ data: DataSet) {
        self.data = data
        entries = EntryBatch(data)
        key = KeyFormat(size: data.keySize)
        value.reserveCapacity(data.values.size)
    }

    /// The bytes of an entry.
    var entrySize: Int { data.entrySize }

    /// Writes one entry.
    mutating func put(_ index: Int, to session: some BenchSession) throws {
        let version = data.ledger.state(of: index).nextVersion
        key.set(index)
        data.values.write(index, version: version, into: &value)
        try session.put(key.bytes.span.bytes, value.span.bytes, in: data.keyspace(of: index))
        data.ledger.acknowledge(index, version: version)
    }

    /// Writes an entry that no one has written before: the next of those that the worker of that number adds.
    mutating func add(by worker: Int, to session: some BenchSession) throws {
        let index = data.ledger.nextAdded(by: worker)
        key.set(index)
        data.values.write(index, version: 1, into: &value)
        try session.put(key.bytes.span.bytes, value.span.bytes, in: data.keyspace(of: index))
        data.ledger.acknowledgeAdded(by: worker)
    }

    /// Deletes one entry.
    mutating func delete(_ index: Int, from session: some BenchSession) throws {
        key.set(index)
        data.ledger.beginDelete(index)
        try session.delete(key.bytes.span.bytes, in: data.keyspace(of: index))
        data.ledger.acknowledgeDelete(index)
    }

    /// Writes entries of one namespace in one commit.
    mutating func put(
        _ indexes: some Sequence<Int>, to session: some BenchSession, in keyspace: Int
    ) throws {
        entries.indexes.removeAll(keepingCapacity: true)
        entries.indexes.append(contentsOf: indexes)
        try session.commit(&entries, in: keyspace)
        entries.acknowledge()
    }
}
