import Foundation
import Testing

@testable import KVStore

/// Updates remember what they have read of the database; plain writes go past them.
@Suite("Updates beside plain writes of the same keys")
struct UpdatesAndPlainWritesTests {
    @Test("An update sees a plain write that was done before it", arguments: PlainWrite.allCases)
    func sees(_ write: PlainWrite) throws {
        try withTemporaryStore { store, namespace in
            for columnFamily in [namespace, store.metadata] {
                for round in 0..<20 {
                    try columnFamily.update { $0.put("key", "of an update \(round)") }
                    #expect(try columnFamily.update { try $0.get("key") } == "of an update \(round)".bytes)
                    let expected = try write.make(columnFamily, round)
                    #expect(try columnFamily.update { try $0.get("key") } == expected?.bytes)
                    #expect(try columnFamily.update { try $0.contains("key") } == (expected != nil))
                }
            }
        }
    }

    enum PlainWrite: CaseIterable {
        case put, delete, batch, deleteRange, deleteEverything, syncedPut, unloggedPut

        /// Writes `key` and returns what it then is.
        func make(_ columnFamily: Namespace, _ round: Int) throws -> String? {
            switch self {
            case .put: try columnFamily.put("key", "plain \(round)")
            case .syncedPut: try columnFamily.put("key", "plain \(round)", durability: .synced)
            case .unloggedPut: try columnFamily.put("key", "plain \(round)", durability: .unlogged)
            case .batch:
                try columnFamily.write { batch in
                    batch.delete("key")
                    batch.put("key", "plain \(round)")
                }
            case .delete:
                try columnFamily.delete("key")
                return nil
            case .deleteRange:
                try columnFamily.deleteRange(.prefix("k"))
                return nil
            case .deleteEverything:
                try columnFamily.deleteRange(.all)
                return nil
            }
            return "plain \(round)"
        }
    }

    @Test("An update sees a plain write that others can read already, though its thread does not know yet")
    func seesUnfinished() throws {
        try withTemporaryStore { _, namespace in
            try namespace.update { $0.put("key", "1") }
            #expect(try namespace.update { try $0.get("key") } == "1".bytes)
            let columnFamily = try namespace.slot.withColumnFamily(.write) { (columnFamily) throws(EngineFailure) in
                columnFamily
            }
            columnFamily.writeEpoch.begin()
            var batch = WriteBatch()
            batch.put("key", "2")
            // Not counted by itself.
            _ = try columnFamily.writeAlone(batch, .buffered, isUpdate: true)
            #expect(try namespace.get("key") == "2".bytes)
            #expect(try namespace.update { try $0.get("key") } == "2".bytes)
            batch.put("key", "3")
            _ = try columnFamily.writeAlone(batch, .buffered, isUpdate: true)
            #expect(try namespace.update { try $0.get("key") } == "3".bytes)
            columnFamily.writeEpoch.end()
            #expect(try namespace.update { try $0.get("key") } == "3".bytes)
        }
    }

    @Test("So it does while other updates are being committed, and when all is quiet both see the same")
    func storm() throws {
        for durability in [Durability.buffered, .synced] {
            try withTemporaryStore { _, namespace in
                let keys = (0..<3).map { "key/\($0)" }
                for _ in 0..<(durability == .synced ? 6 : 25) {
                    try onThreads(8) { thread in
                        for round in 0..<25 {
                            let key = keys[(thread + round) % keys.count]
                            if thread < 5 {
                                try namespace.update(durability: durability) { update in
                                    _ = try update.get(key)
                                    update.put(key, "update \(thread) \(round)")
                                }
                            } else {
                                try namespace.put(key, "plain \(thread) \(round)")
                            }
                        }
                    }
                    for key in keys {
                        let known = try namespace.update { try $0.get(key) }
                        #expect(try namespace.get(key) == known)
                    }
                }
            }
        }
    }

    @Test("A plain write that is done while a group is being committed counts for the next update")
    func duringACommit() throws {
        for _ in 0..<30 {
            try withTemporaryStore { _, namespace in
                try namespace.put("key", "start")
                let (hasRun, isHeld) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
                let release = DispatchSemaphore(value: 0)
                // Committed, and not done yet while the next closure runs: what is in flight is still remembered.
                let first = RunningThread {
                    try namespace.update { update in
                        update.put("key", "first update")
                        hasRun.signal()
                    }
                }
                let second = RunningThread {
                    hasRun.wait()
                    try namespace.update { update in
                        isHeld.signal()
                        release.wait()
                        update.put("other", "value")
                    }
                }
                isHeld.wait()
                // Where the second closure came before the commit could begin, there is nothing to be seen.
                let isInFlight = eventually(within: 0.1) { (try? namespace.get("key")) == "first update".bytes }
                try namespace.put("key", "plain")
                let readers = (0..<6).map { _ in
                    RunningThread { try namespace.update { try $0.get("key") } }
                }
                release.signal()
                for reader in readers {
                    let seen = try reader.get()
                    #expect(!isInFlight || seen == "plain".bytes)
                }
                try first.get()
                try second.get()
                #expect(try namespace.update { try $0.get("key") } == namespace.get("key"))
            }
        }
    }
}
