/// One thread of a mix.
struct MixWorker<Session: BenchSession>: WorkloadWorker {
    private let number: Int
    private let mix: OperationMix
    private let scanLength: Int
    private let data: DataSet
    private let session: Session
    private let inserts: Bool
    private let deletes: Bool
    private var keys: KeyChooser
    private var reader: EntryReader
    private var writer: EntryWriter
    private var update: EntryUpdate

    init(_ number: Int, of workload: MixWorkload, _ session: Session) {
        self.number = number
        self.session = session
        mix = workload.mix
        scanLength = workload.scanLength
        data = workload.data
        inserts = mix.has(.insert)
        deletes = mix.has(.delete)
        keys = KeyChooser(data, workload.distribution, worker: number)
        reader = EntryReader(data)
        writer = EntryWriter(data)
        update = EntryUpdate(data)
    }

    mutating func step() throws -> Operation {
        switch mix.kind(keys.number(below: OperationMix.range)) {
        case .read:
            return try read()
        case .readMissing:
            try reader.readMissing(keys.next(), from: session)
            return Operation(kind: .read, entries: 0, bytes: 0)
        case .scan:
            return try scan()
        case .put:
            try writer.put(keys.nextOwned(), to: session)
        case .insert:
            try writer.add(by: number, to: session)
        case .update:
            update.index = keys.nextOwned()
            try session.run(&update, in: data.keyspace(of: update.index))
            update.acknowledge()
        case .delete:
            try writer.delete(keys.nextOwned(), from: session)
            return Operation(kind: .write, bytes: data.keySize)
        }
        return Operation(kind: .write, bytes: data.entrySize)
    }

    /// How many entries have been written at least once.
    private var written: Int { inserts ? data.ledger.frontier : data.count }

    private mutating func read() throws -> Operation {
        let index = keys.next(of: written)
        guard deletes else {
            try reader.read(index, from: session)
            return Operation(kind: .read, bytes: data.entrySize)
        }
        let isThere = try reader.readIfPresent(index, from: session)
        return Operation(kind: .read, entries: isThere ? 1 : 0, bytes: isThere ? data.entrySize : 0)
    }

    private mutating func scan() throws -> Operation {
        let written = written
        let index = keys.next(of: written)
        let limit = 1 + keys.number(below: scanLength)
        if mix.changesEntries {
            try reader.scanChanging(from: index, limit: limit, of: session)
        } else {
            try reader.scan(from: index, limit: limit, of: session) { $0 < written ? .required : .optional }
        }
        return reader.scanned
    }
}
