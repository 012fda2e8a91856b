import Foundation
import SystemPackage
import Testing

@testable import KVStore

@Suite("Calls that wait for a namespace which another call stops")
struct StoppedGateTests {
    /// A call that is inside namespaces until it is told to leave.
    private func call(
        inside namespaces: [Namespace], _ threads: WatchedThreads, until leaves: Flag
    ) -> Flag {
        let entered = Flag()
        threads.start("a long call") { thread in
            try thread.call("inside") {
                try NamespaceSlot.withColumnFamilies(of: namespaces.map(\.slot), .get) { (_) throws(EngineFailure) in
                    entered.set()
                    while !leaves.isSet { usleep(1000) }
                }
            }
        }
        return entered
    }

    @Test("A first transaction beside a long call gets through while others make room", .only(.separateDatabases))
    func eviction() throws {
        var configuration = StoreConfiguration.tiny
        configuration.maxOpenNamespaces = 2
        try withTemporaryStore(configuration) { store, namespace in
            let others = try (0..<4).map { try store.createNamespace("n\($0)") }
            let (threads, leaves) = (WatchedThreads(), Flag())
            let entered = call(inside: [namespace], threads, until: leaves)
            #expect(eventually { entered.isSet })
            threads.start("transaction") { thread in
                try thread.call("transaction") { try namespace.transaction { try $0.put("key", "value") } }
            }
            // Until it keeps calls out.
            #expect(eventually { !namespace.slot.isOpen })
            threads.start("others") { thread in
                for _ in 0..<10 { for other in others { try thread.call("put") { try other.put("key", "value") } } }
                leaves.set()
            }
            try threads.wait(within: 20)
            #expect(try namespace.get("key") == "value".bytes)
        }
    }

    @Test("Commits to two namespaces in both orders get through beside transactions on both", .only(.singleDatabase))
    func bothOrders() throws {
        try withTemporaryStore { store, one in
            let two = try store.createNamespace("two")
            for namespace in [one, two] { try namespace.transaction { try $0.put("first", "transaction") } }
            let threads = WatchedThreads()
            for (number, order) in [[one, two], [two, one], [one, two], [two, one]].enumerated() {
                threads.start("commits \(number)") { thread in
                    for round in 0..<1500 {
                        try thread.call("write") {
                            try store.write { batch in
                                for namespace in order { batch.put("\(number)", "\(round)", in: namespace) }
                            }
                        }
                    }
                }
            }
            for (number, namespace) in [one, two].enumerated() {
                threads.start("transactions \(number)") { thread in
                    for round in 0..<1500 {
                        try thread.call("transaction") { try namespace.transaction { try $0.put("n", "\(round)") } }
                    }
                }
            }
            try threads.wait(within: 60)
        }
    }

    @Test("A call in two namespaces leaves both, also where one is drained and all are stopped", .only(.singleDatabase))
    func leaving() throws {
        for stop in ["reopen", "checkpoint"] {
            try withTemporaryStore { store, one in
                let two = try store.createNamespace("two")
                let target = store.path.removingLastComponent().appending("copy")
                let (threads, leaves) = (WatchedThreads(), Flag())
                let entered = call(inside: [two, one], threads, until: leaves)
                #expect(eventually { entered.isSet })
                threads.start("drain") { thread in
                    try thread.call("quiesced") { try two.slot.quiesced(.ingest) { (_) throws(StoreError) in } }
                }
                #expect(eventually { !two.slot.isOpen })
                threads.start("stop") { thread in
                    try thread.call(stop) { try stop == "reopen" ? one.reopen() : store.checkpoint(to: target) }
                }
                usleep(300_000)
                leaves.set()
                try threads.wait(within: 20)
                try store.write { batch in
                    batch.put("key", "value", in: one)
                    batch.put("key", "value", in: two)
                }
            }
        }
    }

    @Test("The metadata is reopened beside copies of the store")
    func metadata() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            let folder = store.path.removingLastComponent()
            let threads = WatchedThreads()
            threads.start("copies") { thread in
                for number in 0..<12 {
                    try thread.call("checkpoint") { try store.checkpoint(to: folder.appending("copy-\(number)")) }
                }
            }
            for number in 0..<2 {
                threads.start("metadata \(number)") { thread in
                    for _ in 0..<60 { try thread.call("reopen") { try store.metadata.reopen() } }
                }
            }
            try threads.wait(within: 60)
        }
    }
}
