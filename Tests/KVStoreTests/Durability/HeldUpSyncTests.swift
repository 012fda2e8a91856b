import Foundation
import Synchronization
import Testing

@testable import KVStore

@Suite("Syncs while the engine holds writers up")
struct HeldUpSyncTests {
    /// A clock that compactions ask of each entry that has a time to live, and then wait as long as it is told.
    private final class Gate: Sendable {
        private let isShut = Atomic(true)

        func open() { isShut.store(false, ordering: .sequentiallyConsistent) }

        func now() -> Timestamp {
            while isShut.load(ordering: .sequentiallyConsistent), Self.isCompaction { usleep(1000) }
            return Timestamp(seconds: 1_700_000_000)
        }

        /// The engine names its threads.
        private static var isCompaction: Bool {
            let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
            return name?.hasPrefix("rocksdb") == true
        }
    }

    /// Calls `body` while a thread waits in a put for a compaction, and others would.
    private func withStoppedWriters(
        gathering: Bool = false, _ body: (Namespace) throws -> Void
    ) throws {
        let gate = Gate(), isOver = Flag()
        var configuration = StoreConfiguration.tiny
        configuration.timeToLiveClock = { gate.now() }
        configuration.walSyncInterval = nil
        configuration.namespaceTuning.memtableSize = .kibibytes(64)
        configuration.namespaceTuning.level0CompactionTrigger = 2
        configuration.namespaceTuning.level0SlowdownTrigger = 4
        configuration.namespaceTuning.level0StopTrigger = 4
        if gathering { configuration.namespaceTuning.commitBuffer = .mebibytes(1) }
        try withTemporaryStore(configuration) { store, _ in
            let namespace = try store.createNamespace("held", options: NamespaceOptions(timeToLive: .seconds(60)))
            let writer = RunningThread {
                var number = 0
                while !isOver.isSet {
                    // The same keys, so that files cannot be moved down without being read.
                    try namespace.put("key \(number % 5)", String(repeating: "value", count: 10_000))
                    number += 1
                }
            }
            // For want of memtables it may be stopped for a moment before.
            #expect(
                eventually {
                    guard let load = namespace.slot.columnFamily?.load else { return false }
                    return load.holdUp == .stopped && load.level0Files >= 4
                })
            try body(namespace)
            gate.open()
            isOver.set()
            try writer.get()
            // What was in the way is over, and nothing was lost.
            try namespace.sync()
            let count = try namespace.entries().collect().count
            try namespace.reopen()
            #expect(try namespace.entries().collect().count == count)
        }
    }

    @Test("What was committed before is put on disk meanwhile", arguments: [false, true])
    func synced(gathering: Bool) throws {
        try withStoppedWriters(gathering: gathering) { namespace in
            let log = try #require(namespace.slot.columnFamily).database.log
            let isSynced = Flag()
            let sync = RunningThread {
                try namespace.sync()
                isSynced.set()
            }
            #expect(eventually(within: 60) { isSynced.isSet })
            #expect(namespace.slot.columnFamily?.holdUp == .stopped)
            guard isSynced.isSet else { return }
            // The commit before the one that waits may be noted after the sync; where there is room to gather, more come.
            #expect(gathering || eventually { (try? namespace.sync()) != nil && !log.isUnsynced })
            try sync.get()
        }
    }
}
