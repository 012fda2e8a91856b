import KVStore
import Testing

@Suite("Batches under concurrency")
struct BatchAtomicityTests {
    @Test("Readers see all of a batch or none of it", arguments: Variant.allCases)
    func torn(_ variant: Variant) throws {
        try withTemporaryStore(variant.configuration) { store, namespace in
            let keys = (0..<40).map { "key/\($0)" }
            for columnFamily in variant == .before ? [namespace] : [namespace, store.metadata] {
                try columnFamily.write { for key in keys { $0.put(key, "start") } }
                let stop = Flag()
                // However slow the machine is, all of them read while all of the others write.
                let haveRead = (0..<3).map { _ in Flag() }
                let readers = (0..<3).map { reader in
                    RunningThread {
                        defer { haveRead[reader].set() }
                        while !stop.isSet {
                            let snapshot = try columnFamily.snapshot()
                            let values =
                                reader == 0
                                ? try snapshot.entries().collect().map(\.value)
                                : reader == 1
                                    ? try columnFamily.entries().collect().map(\.value)
                                    : try snapshot.getMany(keys).compactMap { $0 }
                            #expect(values.count == keys.count)
                            #expect(Set(values).count == 1)
                            haveRead[reader].set()
                        }
                    }
                }
                try onThreads(3) { writer in
                    let rounds = columnFamily.name == "metadata" ? 20 : 60
                    var round = 0
                    while round < rounds || !haveRead.allSatisfy(\.isSet) {
                        try columnFamily.write { for key in keys { $0.put(key, "\(writer) \(round)") } }
                        round += 1
                    }
                }
                stop.set()
                for reader in readers { try reader.get() }
            }
        }
    }

    @Test("A batch that empties a range and fills it again is never seen half done")
    func deleteRange() throws {
        try withTemporaryStore(Variant.flushing.configuration) { _, namespace in
            func fill(_ batch: inout WriteBatch, _ text: String) {
                batch.deleteRange(.prefix("key/"))
                for number in 0..<20 { batch.put("key/\(text)/\(number)", text) }
            }
            try namespace.write { fill(&$0, "start") }
            let stop = Flag()
            let reader = RunningThread {
                while !stop.isSet {
                    let entries = try namespace.entries().collect()
                    #expect(entries.count == 20)
                    #expect(Set(entries.map(\.value)).count == 1)
                }
            }
            for round in 0..<150 { try namespace.write { fill(&$0, "\(round)") } }
            stop.set()
            try reader.get()
        }
    }
}
