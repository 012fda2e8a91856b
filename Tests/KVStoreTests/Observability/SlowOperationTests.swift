import KVStore
import Logging
import SystemPackage
import Testing

@testable import KVStore

@Suite("Operations that are slow")
struct SlowOperationTests {
    private static func configuration(_ log: KeptLog, _ threshold: Duration?) -> StoreConfiguration {
        var configuration = StoreConfiguration.tiny
        configuration.logger = log.logger
        configuration.slowOperationThreshold = threshold
        return configuration
    }

    private static func slow(_ log: KeptLog) -> [KeptLog.Message] { log.messages("an operation was slow") }

    @Test("One that takes longer than the threshold is told, with what it was and without keys and values")
    func told() throws {
        let log = KeptLog()
        try withTemporaryStore(Self.configuration(log, .nanoseconds(1))) { _, namespace in
            try namespace.put("secret key", "secret value")
            #expect(eventually { !Self.slow(log).isEmpty })
            let message = try #require(Self.slow(log).first)
            #expect(message.level == .warning)
            #expect(message.metadata["operation"] != nil && message.metadata["duration_ms"] != nil)
            #expect(message.metadata["threshold_ms"] == "0.000")
            // Until there is one of the namespace itself, with those before it that were not told.
            #expect(
                try eventually {
                    _ = try namespace.get("secret key")
                    return Self.slow(log).contains {
                        $0.metadata["namespace"] == "test" && $0.metadata["operation"] == "get"
                            && $0.metadata["untold"] != nil
                    }
                })
            #expect(!log.messages.contains { "\($0)".contains("secret") })
        }
    }

    @Test("Others are not, and without a threshold none is")
    func untold() throws {
        for threshold in [nil, Duration.seconds(100_000)] {
            let log = KeptLog()
            try withTemporaryStore(Self.configuration(log, threshold)) { _, namespace in
                for _ in 0..<100 { try namespace.put("key", "value", durability: .synced) }
                try namespace.compact()
            }
            #expect(Self.slow(log).isEmpty)
        }
    }

    @Test("Many in a moment are one line")
    func many() throws {
        let log = KeptLog()
        let calls = SlowCalls(.nanoseconds(1), StoreLog(log.logger))
        let context = ErrorContext(namespace: "test", path: "/nowhere")
        let begun = MonotonicClock.now - 2_000_000
        for _ in 0..<100 { calls.end(.put, since: begun, of: context) }
        calls.end(.compact, since: begun, of: context)
        #expect(eventually { !Self.slow(log).isEmpty })
        // The machine may take more than a second for it, but not one for each.
        #expect(Self.slow(log).count < 50)
    }

    @Test("A threshold of nothing is refused")
    func refused() {
        let log = KeptLog()
        expectError(.invalidArgument) {
            try withTemporaryStore(Self.configuration(log, .zero)) { _, _ in }
        }
    }
}

@Suite("How long syncs take")
struct SyncTimesTests {
    @Test("Each sync that was asked for is counted, with its time")
    func counted() throws {
        try withTemporaryStore { store, namespace in
            let before = store.syncs(since: 0).syncs
            for _ in 0..<5 { try namespace.put("key", "value", durability: .synced) }
            let after = store.syncs(since: before)
            #expect(after.syncs >= before + 5)
            #expect(UInt64(after.nanoseconds.count) == after.syncs - before)
            #expect(after.nanoseconds.allSatisfy { $0 > 0 })
            #expect(store.syncs(since: .max).nanoseconds.isEmpty)
        }
    }

    @Test("The last thousand or so are kept")
    func bound() {
        let times = SyncTimes()
        for _ in 0..<2500 { times.note(since: 0) }
        let counts = times.since(0)
        #expect(counts.syncs == 2500 && counts.nanoseconds.count == 1024 && counts.failures == 0)
        #expect(times.since(2499).nanoseconds.count == 1)
        times.noteFailure()
        #expect(times.since(0).failures == 1)
    }
}
