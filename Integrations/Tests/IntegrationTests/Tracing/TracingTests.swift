import InMemoryTracing
import KVStore
import KVStoreTracing
import Testing
import Tracing

@Suite("Spans of a store's calls")
struct TracingTests {
    private static func withTracedStore(
        _ body: (TracedStore<Store>, TracedNamespace<Namespace>, InMemoryTracer) async throws -> Void
    ) async throws {
        try await withTemporaryStore { store in
            let tracer = InMemoryTracer()
            let traced = TracedStore(store, tracer: tracer)
            let orders = try await traced.createSpace("orders", timeToLive: nil, attributes: [:])
            try await body(traced, orders, tracer)
            #expect(tracer.activeSpans.isEmpty)
            for span in tracer.finishedSpans {
                span.attributes.forEach { _, value in #expect(!"\(value)".contains("secret")) }
                #expect(!"\(span.errors)".contains("secret"))
            }
        }
    }

    private static func batch(_ count: Int) -> WriteBatch {
        var batch = WriteBatch()
        for number in 0..<count { batch.put("secret key/\(number)", "secret value") }
        return batch
    }

    private static func only(_ tracer: InMemoryTracer, _ name: String) throws -> FinishedInMemorySpan {
        let spans = tracer.finishedSpans.filter { $0.operationName == name }
        #expect(spans.count == 1)
        return try #require(spans.first)
    }

    @Test("A commit says to which namespace, how much and how durably")
    func commit() async throws {
        try await Self.withTracedStore { _, orders, tracer in
            try await orders.commit(Self.batch(3), durability: .synced)
            let span = try Self.only(tracer, "kvstore.commit")
            #expect(span.attributes.get("db.system.name") == "kvstore")
            #expect(span.attributes.get("db.operation.name") == "commit")
            #expect(span.attributes.get("db.collection.name") == "orders")
            #expect(span.attributes.get("kvstore.entries") == 3.toSpanAttribute())
            #expect(span.attributes.get("kvstore.durability") == "synced")
            #expect(span.attributes.get("kvstore.bytes") != nil)
            #expect(span.kind == .internal && span.status == nil && span.errors.isEmpty)
            #expect(try await orders.get("secret key/1") == Array("secret value".utf8))
        }
    }

    @Test("A scan has one from its first entry to its end, with how many there were", arguments: [nil, 2])
    func scan(limit: Int?) async throws {
        try await Self.withTracedStore { _, orders, tracer in
            try await orders.commit(Self.batch(5), durability: nil)
            let entries = orders.entries(.all, reversed: false, limit: limit)
            #expect(!tracer.finishedSpans.contains { $0.operationName == "kvstore.scan" })
            var count = 0
            for try await _ in entries { count += 1 }
            #expect(count == limit ?? 5)
            let span = try Self.only(tracer, "kvstore.scan")
            #expect(span.attributes.get("kvstore.entries") == count.toSpanAttribute())
            #expect(span.attributes.get("kvstore.durability") == nil)
        }
    }

    @Test("One that is left ends then, and a snapshot's have them too")
    func leftScan() async throws {
        try await Self.withTracedStore { _, orders, tracer in
            try await orders.commit(Self.batch(5), durability: nil)
            for try await _ in try await orders.snapshot().entries(.all, reversed: true, limit: nil) { break }
            let span = try Self.only(tracer, "kvstore.scan")
            #expect(span.attributes.get("kvstore.entries") == 1.toSpanAttribute())
            #expect(try await orders.snapshot().get("secret key/0") != nil)
            #expect(try await orders.getMany(["secret key/0", "none"])[1] == nil)
        }
    }

    @Test("A transaction says how often it ran, and what is done within is its child")
    func transaction() async throws {
        try await Self.withTracedStore { _, orders, tracer in
            try await orders.withTransaction { transaction in
                try await tracer.withSpan("inner") { _ in
                    #expect(try await transaction.get("secret key/0") == nil)
                    try transaction.put("secret key/0", "secret value")
                }
            }
            let span = try Self.only(tracer, "kvstore.transaction")
            #expect(span.attributes.get("kvstore.attempts") == 1.toSpanAttribute())
            #expect(try Self.only(tracer, "inner").parentSpanID == span.spanID)
            try await orders.update(keys: [Array("secret key/0".utf8)], durability: .buffered) { update in
                let value = try update.get("secret key/0")
                #expect(value != nil)
                update.put("secret key/0", "secret")
            }
            #expect(try Self.only(tracer, "kvstore.update").attributes.get("kvstore.durability") == "buffered")
        }
    }

    @Test("They are children of the span that a call is made in")
    func parents() async throws {
        try await Self.withTracedStore { store, orders, tracer in
            try await tracer.withSpan("request") { request in
                try await orders.deleteRange(.prefix("secret"), durability: nil)
                for try await _ in orders.entries(.all, reversed: false, limit: nil) {}
                #expect(try await store.spaceNames(prefix: "", after: nil, limit: 10) == ["orders"])
            }
            let request = try Self.only(tracer, "request")
            for name in ["kvstore.deleteRange", "kvstore.scan"] {
                #expect(try Self.only(tracer, name).parentSpanID == request.spanID)
            }
        }
    }

    @Test("An error is recorded, that a task was cancelled is not")
    func errors() async throws {
        try await Self.withTracedStore { _, orders, tracer in
            var batch = WriteBatch()
            batch.merge("secret key", "secret value")
            #expect(await errorCode { try await orders.commit(batch, durability: nil) } == .invalidArgument)
            let span = try Self.only(tracer, "kvstore.commit")
            #expect(span.status?.code == .error)
            #expect((span.errors.first?.error as? StoreError)?.code == .invalidArgument)
            tracer.clearFinishedSpans()
            let cancelled = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await orders.commit(Self.batch(1), durability: nil)
            }
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            #expect(try Self.only(tracer, "kvstore.commit").status == nil)
        }
    }

    @Test("Changes, names and attributes are those of the store that is traced")
    func rest() async throws {
        try await Self.withTracedStore { store, orders, _ in
            #expect(store.capabilities == store.base.capabilities)
            let since = try await orders.latestChange()
            try await orders.commit(Self.batch(1), durability: nil)
            for try await change in orders.changes(since: since) {
                #expect(change.writes.count == 1)
                break
            }
            try await store.renameSpace("orders", to: "carts")
            #expect(orders.name == "carts")
            #expect(try await store.attributes(of: "carts") == [:])
            #expect(try await store.space("carts").get("none") == nil)
            try await store.dropSpace("carts")
        }
    }
}
