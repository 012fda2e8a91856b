/// Reads an entry, checks it, and writes its next version in the same step.
struct EntryUpdate: BenchUpdate {
    /// The entry; one of the worker's own.
    var index = 0
    private let data: DataSet
    private var reader: EntryReader
    private var key: KeyFormat
    private var value: [UInt8] = []

    init(_ data: DataSet) {
        self.data = data
        reader = EntryReader(data)
        key = KeyFormat(size: data.keySize)
    }

    mutating func run(in transaction: inout some BenchTransaction & ~Copyable) throws {
        let state = data.ledger.state(of: index)
        key.set(index)
        let bytes = key.bytes
        let found = try transaction.read(bytes.span.bytes) { value in
            try reader.check(value, of: index, acknowledged: state.version)
        }
        // Nobody else writes or deletes it.
        guard found == state.isPresent else {
            throw WrongAnswer("\(bytes.asText) " + (found ? "was deleted, but has a value" : "is missing"))
        }
        data.values.write(index, version: state.nextVersion, into: &value)
        try transaction.put(bytes.span.bytes, value.span.bytes)
    }

    /// Records that the update has returned.
    func acknowledge() {
        data.ledger.acknowledge(index, version: data.ledger.state(of: index).nextVersion)
    }
}
