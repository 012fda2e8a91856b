import KVStore
import Logging
import Testing

@testable import KVStore

@Suite("Writers that are held up")
struct HoldUpTests {
    private static let second: UInt64 = 1_000_000_000

    @Test("It begins, gets worse, and ends when there was nothing of it for some time")
    func episode() {
        var holdUps = HoldUps()
        let second = Self.second
        #expect(holdUps.see(nil, of: 1, at: 1 * second) == nil)
        #expect(holdUps.see(.slowed, of: 1, at: 2 * second) == .begun(.slowed))
        #expect(holdUps.see(nil, of: 1, at: 3 * second) == nil)
        #expect(holdUps.see(.slowed, of: 1, at: 4 * second) == nil)
        #expect(holdUps.see(.stopped, of: 1, at: 5 * second) == .begun(.stopped))
        #expect(holdUps.see(.slowed, of: 1, at: 6 * second) == nil)
        #expect(holdUps.see(.stopped, of: 1, at: 7 * second) == nil, "it was stopped already")
        #expect(holdUps.see(nil, of: 1, at: 11 * second) == nil)
        #expect(holdUps.see(nil, of: 1, at: 12 * second) == .ended(after: 5 * second))
        #expect(holdUps.see(nil, of: 1, at: 13 * second) == nil)
        #expect(holdUps.see(.slowed, of: 1, at: 14 * second) == .begun(.slowed))
    }

    @Test("Each database by itself")
    func databases() {
        var holdUps = HoldUps()
        #expect(holdUps.see(.slowed, of: 1, at: 0) == .begun(.slowed))
        #expect(holdUps.see(.stopped, of: 2, at: 0) == .begun(.stopped))
        #expect(holdUps.databases == [1, 2])
        #expect(holdUps.see(nil, of: 2, at: HoldUps.calm) == .ended(after: 0))
        #expect(holdUps.databases == [1])
    }

    @Test("It is told with its cause")
    func told() throws {
        let log = KeptLog()
        // Two files on level 0 are enough for the engine to hold writers up.
        var configuration = StoreConfiguration.tiny
        configuration.namespaceTuning.level0CompactionTrigger = 2
        configuration.namespaceTuning.level0SlowdownTrigger = 2
        configuration.namespaceTuning.level0StopTrigger = 100
        try withTemporaryStore(configuration) { store, namespace in
            let watch = EngineWatch(store.pool, store.storage, log.logger, tellsFailures: true)
            // Nobody can tell when the engine begins with it; that it will is certain.
            #expect(
                try eventually {
                    for _ in 0..<10 {
                        try namespace.put("secret key", String(repeating: "secret", count: 100_000))
                        watch.look(at: MonotonicClock.now)
                    }
                    return !log.messages("writers are held up").isEmpty
                })
            let message = try #require(log.messages("writers are held up").first)
            #expect(message.level == .notice)
            #expect(message.metadata["database"] == "\(store.path.database())")
            #expect(["slowed", "stopped"].contains("\(message.metadata["state"] ?? "")"))
            #expect(message.metadata["cause"] != nil)
            watch.look(at: MonotonicClock.now + 60 * Self.second)
            watch.look(at: MonotonicClock.now + 120 * Self.second)
            #expect(!log.messages.contains { "\($0)".contains("secret") })
        }
    }
}
