import KVStore
import KVStoreFoundation
import KVStoreTables

/// Events in streams that only grow, each at its place in its stream and in the order of all.
///
/// A writer says at which version it expects the stream, so that of two who decided by the same version one is refused.
/// Readers follow one stream, a category of streams, or everything as it comes.
struct EventStore: Sendable {
    /// Something that has happened.
    struct Event: Codable, Sendable {
        var stream: String
        /// Its place in the stream, from 1 on.
        var version: Int
        var type: String
        var data: String

        /// What the streams of a kind have in common: `order` of `order-17`.
        var category: String { String(stream.prefix { $0 != "-" }) }
    }

    /// The stream has come to another version than the writer expected. Nothing was written.
    struct WrongVersion: Error {
        let stream: String
        let expected: Int
        let actual: Int
    }

    private let space: Namespace
    private let byStream = TableIndex<Int, Event, KeyTuple<String, Int>>("stream", isUnique: true) {
        KeyTuple($0.stream, $0.version)
    }
    private let byCategory = TableIndex<Int, Event, String>("category") { $0.category }
    private let events: Table<Int, Event>
    /// The version of each stream, and behind the empty name the place of the last event of all.
    private let heads = Table("head", key: String.self, value: .key(Int.self))

    /// Opens the event store of a namespace, which is made where it is missing.
    init(in store: Store) async throws {
        // Kept for subscribers that were away; how long is a week and a GiB unless said otherwise.
        let options = NamespaceOptions(changes: ChangeRetention())
        space = try await store.namespace("events", createIfMissing: true, options: options)
        events = Table("event", key: Int.self, value: .json(Event.self), indexes: [byStream, byCategory])
        try await events.prepareIndexes(in: space)
    }

    /// Appends events to a stream, all or none.
    ///
    /// - Parameter version: which version the stream has to be at: 0 for a new one; nil for any.
    /// - Returns: the stream's version.
    /// - Throws: `WrongVersion`.
    func append(_ new: [(type: String, data: String)], to stream: String, at version: Int? = nil) async throws -> Int {
        try await space.update { update in
            var head = try heads.get(stream, in: &update) ?? 0
            guard version == nil || version == head else {
                throw WrongVersion(stream: stream, expected: version ?? 0, actual: head)
            }
            var place = try heads.get("", in: &update) ?? 0
            for (type, data) in new {
                (head, place) = (head + 1, place + 1)
                let event = Event(stream: stream, version: head, type: type, data: data)
                try events.put(place, event, in: &update)
            }
            try heads.put(stream, head, in: &update)
            try heads.put("", place, in: &update)
            return head
        }
    }

    /// The events of a stream from a version on.
    func events(of stream: String, from version: Int = 1, limit: Int? = nil) async throws -> [Event] {
        let range = KeyRange.partial(stream, in: version...)
        return try await events.rows(byStream, range, limit: limit, in: space).collect().map(\.value)
    }

    /// The events of all streams of a category, in the order in which they came.
    func events(ofCategory category: String, limit: Int? = nil) async throws -> [Event] {
        try await events.rows(byCategory, .partial(category), limit: limit, in: space).collect().map(\.value)
    }

    /// Calls `body` with each event, one after another, from where the subscriber of that name was, also over a restart or a
    /// crash; a new one begins with the first event that is kept. Ends when the task is cancelled or `body` throws.
    ///
    /// An event is noted as dealt with after `body` has returned, so the last one may come again after a crash.
    func subscribe(_ name: String, _ body: @Sendable (Event) async throws -> Void) async throws {
        let consumer = try await space.consumer(name, startingAfter: 0)
        for try await change in consumer.changes() {
            // Indexes and versions are in the same namespace, and passed over.
            for case .put(_, let event) in try events.changes(in: change) { try await body(event) }
            try await consumer.acknowledge(change.sequence)
        }
    }
}
