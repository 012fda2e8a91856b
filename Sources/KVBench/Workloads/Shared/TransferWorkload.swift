/// Moves money between accounts in optimistic transactions: each reads two entries and writes both, and begins anew when
/// another has changed one of them. Every tenth operation reads an account.
///
/// A balance is the version of the account's value. What each account has given and got by acknowledged transfers is
/// counted; at the end each must hold just that, so that a transfer which was lost, done twice or by halves is found.
struct TransferWorkload: Workload {
    static let entry = WorkloadEntry(
        name: "transfer",
        summary: "optimistic transactions between two of --keys accounts (default 10,000), conflicts counted",
        options: [.keys, .keySize, .valueSize, .distribution],
        making: .alone { options throws(UsageError) in try TransferWorkload(options) })

    fileprivate static let operationsPerRead = 10
    /// So much that no account runs out of it soon.
    fileprivate static let endowment: UInt32 = 1_000_000_000
    private static let accounts = 10_000
    private static let batch = 1000

    fileprivate let data: DataSet
    /// What each account has got more than it has given.
    fileprivate let gained: SharedNumbers
    fileprivate let counter = PaddedCounter()

    init(_ options: RunOptions) throws(UsageError) {
        var options = options
        options.keys = options.keys ?? Self.accounts
        data = try DataSet(options, valueSize: DataSet.usualValueSize)
        guard data.count >= 2 * data.namespaces else {
            throw UsageError(
                "--keys is \(data.count), but a transfer is between two accounts of a namespace; give more")
        }
        gained = SharedNumbers(count: data.count)
    }

    var needs: Set<EngineFeature> { [.optimisticTransactions] }
    var conflicts: Int? { counter.acquired }
    fileprivate var distribution: KeyDistribution { data.distribution ?? .uniform }
    var shape: String { data.shape + ", \(distribution.rawValue), accounts" }
    var parameters: WorkParameters { data.parameters(batch: nil, distribution: distribution) }

    func prepare(_ session: some BenchSession, until stop: StopRequest) throws {
        for keyspace in 0..<data.namespaces {
            for first in stride(from: keyspace, to: data.count, by: Self.batch * data.namespaces) where !stop.isMade {
                let last = min(first + Self.batch * data.namespaces, data.count)
                var opening = Opening(data: data, indexes: Array(stride(from: first, to: last, by: data.namespaces)))
                try session.commit(&opening, in: keyspace)
            }
        }
        if !stop.isMade { try session.settle() }
    }

    func makeWorker<Session: BenchSession>(_ number: Int, session: Session) -> any WorkloadWorker {
        TransferWorker(
            load: self, keys: KeyChooser(data, distribution, worker: number), session: session,
            transfer: Transfer(data), turn: number)
    }

    func check(_ session: some BenchSession) throws -> [String] {
        do {
            try data.walk(session) { index, value in
                let balance = try Transfer.balance(value, of: index, data)
                let expected = Int(Self.endowment) + gained[index]
                guard Int(balance) == expected else {
                    throw WrongAnswer(
                        "\(data.keyText(index)) holds \(balance), but \(expected) is left there by all transfers")
                }
            } missing: {
                throw WrongAnswer("\(data.keyText($0)) is missing")
            }
            return []
        } catch let error as WrongAnswer {
            return ["after the run: \(error)"]
        }
    }

    /// Gives accounts what they begin with.
    private struct Opening: BenchBatch {
        let data: DataSet
        let indexes: [Int]

        mutating func write(to writer: inout some BenchWriter & ~Copyable) throws {
            var key = KeyFormat(size: data.keySize)
            var value: [UInt8] = []
            for index in indexes {
                key.set(index)
                data.values.write(index, version: TransferWorkload.endowment, into: &value)
                try writer.put(key.bytes.span.bytes, value.span.bytes)
            }
        }
    }
}

/// Moves one unit from an account to another, unless there is none.
private struct Transfer: BenchUpdate {
    var (from, to) = (0, 1)
    /// Whether the last run has written it.
    private(set) var moved = false
    private let data: DataSet
    private var key: KeyFormat
    private var value: [UInt8] = []

    init(_ data: DataSet) {
        self.data = data
        key = KeyFormat(size: data.keySize)
    }

    mutating func run(in transaction: inout some BenchTransaction & ~Copyable) throws {
        moved = false
        let giver = try balance(of: from, in: &transaction)
        let taker = try balance(of: to, in: &transaction)
        guard giver > 0, taker < .max else { return }
        try set(from, giver - 1, in: &transaction)
        try set(to, taker + 1, in: &transaction)
        moved = true
    }

    private mutating func balance(
        of index: Int, in transaction: inout some BenchTransaction & ~Copyable
    ) throws -> UInt32 {
        key.set(index)
        let bytes = key.bytes
        var balance: UInt32 = 0
        let found = try transaction.read(bytes.span.bytes) { balance = try Self.balance($0, of: index, data) }
        guard found else { throw WrongAnswer("\(bytes.asText) is missing") }
        return balance
    }

    private mutating func set(
        _ index: Int, _ balance: UInt32, in transaction: inout some BenchTransaction & ~Copyable
    ) throws {
        key.set(index)
        data.values.write(index, version: balance, into: &value)
        try transaction.put(key.bytes.span.bytes, value.span.bytes)
    }

    /// The balance that the value of an account says, every byte of it looked at.
    static func balance(_ value: RawSpan, of index: Int, _ data: DataSet) throws -> UInt32 {
        guard let balance = ValueFormat.version(of: value), data.values.matches(value, index, version: balance) else {
            throw WrongAnswer("\(data.keyText(index)) holds what no transfer wrote")
        }
        return balance
    }
}

private struct TransferWorker<Session: BenchSession>: WorkloadWorker {
    let load: TransferWorkload
    var keys: KeyChooser
    let session: Session
    var transfer: Transfer
    /// Workers begin at different turns, so that they do not read together.
    var turn: Int

    mutating func step() throws -> Operation {
        let data = load.data
        let from = keys.next()
        turn += 1
        guard turn % TransferWorkload.operationsPerRead != 0 else { return try read(from) }
        // Another account of the same namespace.
        let keyspace = data.keyspace(of: from)
        let accounts = (data.count - keyspace + data.namespaces - 1) / data.namespaces
        let place = (from / data.namespaces + 1 + keys.number(below: accounts - 1)) % accounts
        (transfer.from, transfer.to) = (from, place * data.namespaces + keyspace)
        let conflicts = try session.transact(&transfer, in: keyspace)
        for _ in 0..<conflicts { load.counter.add() }
        if transfer.moved {
            load.gained.add(-1, at: transfer.from)
            load.gained.add(1, at: transfer.to)
        }
        return Operation(kind: .write, entries: 2, bytes: 2 * data.entrySize)
    }

    private func read(_ index: Int) throws -> Operation {
        let data = load.data
        var key = KeyFormat(size: data.keySize)
        key.set(index)
        let found = try session.read(key.bytes.span.bytes, in: data.keyspace(of: index)) { value in
            _ = try Transfer.balance(value, of: index, data)
        }
        guard found else { throw WrongAnswer("\(data.keyText(index)) is missing") }
        return Operation(kind: .read, bytes: data.entrySize)
    }
}
