public import KVStoreInterface

/// A namespace of a ``FaultyStore``.
public struct FaultyNamespace<Base: KeyValueNamespace>: KeyValueNamespace {
    /// What fails, and when.
    public let faults: Faults
    /// The namespace behind it.
    public let base: Base
    private let reader: FaultyReader<Base>

    public typealias Moment = FaultyReader<Base.Moment>
    public typealias Transacting = Base.Transacting
    public typealias Receipt = Base.Receipt

    /// A namespace that fails when `faults` say so.
    public init(_ base: Base, _ faults: Faults) {
        self.base = base
        self.faults = faults
        reader = FaultyReader(base, faults)
    }

    /// As of the namespace behind it.
    public var name: String { base.name }

    /// As of the namespace behind it.
    public nonisolated(nonsending) func get(_ key: some Bytes & Sendable) async throws -> [UInt8]? {
        try await reader.get(key)
    }

    /// As of the namespace behind it.
    public nonisolated(nonsending) func getMany(_ keys: [some Bytes & Sendable]) async throws -> [[UInt8]?] {
        try await reader.getMany(keys)
    }

    /// As of the namespace behind it.
    public func entries(_ range: KeyRange, reversed: Bool, limit: Int?) -> FaultySequence<Base.EntrySequence> {
        reader.entries(range, reversed: reversed, limit: limit)
    }

    /// As of the namespace behind it.
    @discardableResult
    public nonisolated(nonsending) func commit(_ batch: WriteBatch, durability: Durability? = nil) async throws
        -> Base.Receipt
    {
        try await faults.call(.commit) { try await base.commit(batch, durability: durability) }
    }

    /// As of the namespace behind it.
    @discardableResult
    public nonisolated(nonsending) func deleteRange(_ range: KeyRange, durability: Durability? = nil) async throws
        -> Base.Receipt
    {
        try await faults.call(.commit) { try await base.deleteRange(range, durability: durability) }
    }

    /// As of the namespace behind it.
    public nonisolated(nonsending) func snapshot() async throws -> FaultyReader<Base.Moment> {
        try await faults.call(.snapshot) { FaultyReader(try await base.snapshot(), faults) }
    }

    /// As of the namespace behind it. What the closure reads and writes does not fail by itself: it may throw.
    public nonisolated(nonsending) func withTransaction<Result: Sendable>(
        durability: Durability?, maxAttempts: Int, _ body: @Sendable (Base.Transacting) async throws -> Result
    ) async throws -> Result {
        try await faults.call(.transaction) {
            try await base.withTransaction(durability: durability, maxAttempts: maxAttempts, body)
        }
    }

    /// As of the namespace behind it.
    public nonisolated(nonsending) func update<Result: Sendable>(
        keys: [[UInt8]], durability: Durability? = nil,
        _ body: @escaping @Sendable (inout KeyedUpdate) throws -> Result
    ) async throws -> Result {
        try await faults.call(.update) { try await base.update(keys: keys, durability: durability, body) }
    }
}

extension FaultyNamespace: KeyValueChanges where Base: KeyValueChanges {
    /// As of the namespace behind it.
    public nonisolated(nonsending) func latestChange() async throws -> UInt64 {
        try await faults.call(.get) { try await base.latestChange() }
    }

    /// As of the namespace behind it.
    public func changes(since number: UInt64) -> FaultySequence<Base.ChangeSequence> {
        FaultySequence(base.changes(since: number), .nextChange, faults)
    }
}

/// A namespace as it was at a moment, of a ``FaultyStore``.
public struct FaultyReader<Base: KeyValueReader>: KeyValueReader {
    private let base: Base
    private let faults: Faults

    init(_ base: Base, _ faults: Faults) {
        self.base = base
        self.faults = faults
    }

    /// As of what is behind it.
    public nonisolated(nonsending) func get(_ key: some Bytes & Sendable) async throws -> [UInt8]? {
        try await faults.call(.get) { try await base.get(key) }
    }

    /// As of what is behind it.
    public nonisolated(nonsending) func getMany(_ keys: [some Bytes & Sendable]) async throws -> [[UInt8]?] {
        try await faults.call(.get) { try await base.getMany(keys) }
    }

    /// As of what is behind it.
    public func entries(_ range: KeyRange, reversed: Bool, limit: Int?) -> FaultySequence<Base.EntrySequence> {
        FaultySequence(base.entries(range, reversed: reversed, limit: limit), .nextEntry, faults)
    }
}

/// Entries or changes of a ``FaultyStore``, each of which may fail.
public struct FaultySequence<Base: AsyncSequence>: AsyncSequence {
    public typealias Element = Base.Element

    private let base: Base
    private let call: Faults.Call
    private let faults: Faults

    init(_ base: Base, _ call: Faults.Call, _ faults: Faults) {
        self.base = base
        self.call = call
        self.faults = faults
    }

    /// As of what is behind it.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: base.makeAsyncIterator(), call: call, faults: faults)
    }

    /// The elements, one after another.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var base: Base.AsyncIterator
        fileprivate let call: Faults.Call
        fileprivate let faults: Faults

        /// The next element, unless it fails.
        public mutating func next() async throws -> Base.Element? { try await next(isolation: #isolation) }

        /// The next element, unless it fails.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> Base.Element? {
            var iterator = base
            defer { base = iterator }
            return try await faults.call(call, isolation: actor) { try await iterator.next(isolation: actor) }
        }
    }
}

extension FaultySequence: Sendable where Base: Sendable {}
