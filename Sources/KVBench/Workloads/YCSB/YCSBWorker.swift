/// One thread of a YCSB workload.
struct YCSBWorker<Session: BenchSession>: WorkloadWorker {
    private static var longestScan: Int { 100 }

    private let number: Int
    private let mix: YCSBMix
    private let data: DataSet
    private let session: Session
    private var keys: KeyChooser
    private var reader: EntryReader
    private var writer: EntryWriter
    private var update: EntryUpdate

    init(number: Int, mix: YCSBMix, data: DataSet, distribution: KeyDistribution, session: Session) {
        self.number = number
        self.mix = mix
        self.data = data
        self.session = session
        keys = KeyChooser(data, distribution, worker: number)
        reader = EntryReader(data)
        writer = EntryWriter(data)
        update = EntryUpdate(data)
    }

    mutating func step() throws -> Operation {
        if keys.number(below: 100) < mix.reads {
            return try read()
        }
        switch mix.other {
        case .update:
            try writer.put(keys.nextOwned(), to: session)
        case .insert:
            try writer.add(by: number, to: session)
        case .readModifyWrite:
            update.index = keys.nextOwned()
            try session.run(&update, in: data.keyspace(of: update.index))
            update.acknowledge()
        }
        return Operation(kind: .write, bytes: data.entrySize)
    }

    private mutating func read() throws -> Operation {
        let written = data.ledger.frontier
        let index = keys.next(of: written)
        if mix.scans {
            let limit = 1 + keys.number(below: Self.longestScan)
            try reader.scan(from: index, limit: limit, of: session) { $0 < written ? .required : .optional }
            return reader.scanned
        } else {
            try reader.read(index, from: session)
            return Operation(kind: .read, bytes: data.entrySize)
        }
    }
}
