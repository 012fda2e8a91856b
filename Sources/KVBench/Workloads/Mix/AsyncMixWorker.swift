/// One task of a mix: as ``MixWorker``, over calls that suspend.
struct AsyncMixWorker: AsyncWorkloadWorker {
    private let number: Int
    private let mix: OperationMix
    private let scanLength: Int
    private let data: DataSet
    private let session: any AsyncBenchSession
    private let inserts: Bool
    private let deletes: Bool
    private var keys: KeyChooser
    private var reader: EntryReader
    private var update: EntryUpdate
    private var key: KeyFormat
    private var value: [UInt8] = []

    init(_ number: Int, of workload: MixWorkload, _ session: any AsyncBenchSession) {
        self.number = number
        self.session = session
        mix = workload.mix
        scanLength = workload.scanLength
        data = workload.data
        inserts = mix.has(.insert)
        deletes = mix.has(.delete)
        keys = KeyChooser(data, workload.distribution, worker: number)
        reader = EntryReader(data)
        update = EntryUpdate(data)
        key = KeyFormat(size: data.keySize)
    }

    mutating func step() async throws -> Operation {
        switch mix.kind(keys.number(below: OperationMix.range)) {
        case .read:
            return try await read(keys.next(of: written))
        case .readMissing:
            let index = keys.next()
            key.setMissing(index)
            let found = try await session.read(key.bytes, in: data.keyspace(of: index))
            guard found == nil else { throw WrongAnswer("\(key.bytes.asText) has a value, but was never written") }
            return Operation(kind: .read, entries: 0, bytes: 0)
        case .scan:
            return try await scan(from: keys.next(of: written), limit: 1 + keys.number(below: scanLength))
        case .put:
            let index = keys.nextOwned()
            let version = data.ledger.state(of: index).nextVersion
            try await put(index, version)
            data.ledger.acknowledge(index, version: version)
        case .insert:
            try await put(data.ledger.nextAdded(by: number), 1)
            data.ledger.acknowledgeAdded(by: number)
        case .update:
            update.index = keys.nextOwned()
            try await session.run(update, in: data.keyspace(of: update.index))
            update.acknowledge()
        case .delete:
            let index = keys.nextOwned()
            key.set(index)
            data.ledger.beginDelete(index)
            try await session.delete(key.bytes, in: data.keyspace(of: index))
            data.ledger.acknowledgeDelete(index)
            return Operation(kind: .write, bytes: data.keySize)
        }
        return Operation(kind: .write, bytes: data.entrySize)
    }

    /// How many entries have been written at least once.
    private var written: Int { inserts ? data.ledger.frontier : data.count }

    private mutating func put(_ index: Int, _ version: UInt32) async throws {
        key.set(index)
        data.values.write(index, version: version, into: &value)
        try await session.put(key.bytes, value, in: data.keyspace(of: index))
    }

    private mutating func read(_ index: Int) async throws -> Operation {
        let before = data.ledger.state(of: index)
        key.set(index)
        let found = try await session.read(key.bytes, in: data.keyspace(of: index))
        if let found { try reader.check(found.span.bytes, of: index, acknowledged: before.leastVersion) }
        guard found != nil || deletes else { throw WrongAnswer("\(key.bytes.asText) is missing") }
        try reader.checkPresence(found != nil, of: index, since: before)
        return Operation(kind: .read, entries: found == nil ? 0 : 1, bytes: found == nil ? 0 : data.entrySize)
    }

    private mutating func scan(from index: Int, limit: Int) async throws -> Operation {
        reader.know(from: index, limit: limit)
        key.set(index)
        let found = try await session.scan(from: key.bytes, limit: limit, in: data.keyspace(of: index))
        try reader.check(found, scannedFrom: index, limit: limit)
        return reader.scanned
    }
}
