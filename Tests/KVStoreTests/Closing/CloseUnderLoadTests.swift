import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("Closing a store that threads are using")
struct CloseUnderLoadTests {
    @Test("Each call works or says that the store was closed, and what worked is there", arguments: Variant.allCases)
    func operations(_ variant: Variant) throws {
        for round in 0..<3 {
            try withTemporaryFolder { folder in
                let store = try Store.open(at: folder, configuration: variant.configuration)
                let namespaces = try (0..<3).map { try store.createNamespace("n\($0)") }
                let workers = (0..<6).map { worker in
                    RunningThread { try work(namespaces[worker % 3], worker) }
                }
                usleep(UInt32(5_000 + round * 20_000))
                try store.close()
                for namespace in namespaces { expectError(.closed) { try namespace.get("key") } }
                let counts = try workers.map { try $0.get() }
                try withStore(at: folder, variant.configuration) { store in
                    for (worker, count) in counts.enumerated() {
                        let namespace = try store.namespace("n\(worker % 3)")
                        let keys = try namespace.entries(prefix: "\(worker)/").collect().count
                        #expect(keys == count, "worker \(worker)")
                    }
                }
            }
        }
    }

    /// Puts one key after another and reads in all ways, until the store is closed; returns how many puts worked.
    private func work(_ namespace: Namespace, _ worker: Int) throws -> Int {
        var count = 0
        do {
            while true {
                try namespace.put("\(worker)/\(count)", "value")
                count += 1
                _ = try namespace.get("\(worker)/\(count)")
                _ = try namespace.getMany(["\(worker)/0", "missing"])
                _ = try namespace.snapshot().entries(limit: 3).collect()
                try namespace.withValue(for: "\(worker)/0") { #expect($0.byteCount == 5) }
                var cursor = try namespace.cursor()
                for _ in 0..<5 { _ = try cursor.next() }
                if count.isMultiple(of: 16) { try namespace.flush() }
            }
        } catch let error as StoreError {
            #expect(error.code == .closed, "\(error)")
        }
        return count
    }

    @Test("Namespaces that are being created, looked up and dropped are whole or not there, and none stays open")
    func catalog() throws {
        for _ in 0..<4 {
            try withTemporaryFolder { folder in
                let store = try Store.open(at: folder, configuration: .tiny)
                let workers = (0..<4).map { worker in
                    RunningThread { () -> (Set<String>, [Namespace]) in
                        var created: Set<String> = []
                        var kept: [Namespace] = []
                        do {
                            for number in 0... {
                                let namespace = try store.namespace("\(worker)/\(number)", createIfMissing: true)
                                created.insert("\(worker)/\(number)")
                                kept.append(namespace)
                                try namespace.put("key", "value")
                                if number.isMultiple(of: 3) {
                                    try store.dropNamespace("\(worker)/\(number)")
                                    created.remove("\(worker)/\(number)")
                                }
                            }
                        } catch let error as StoreError {
                            #expect(error.code == .closed, "\(error)")
                        }
                        return (created, kept)
                    }
                }
                usleep(150_000)
                try store.close()
                let results = try workers.map { try $0.get() }
                for namespace in results.flatMap(\.1) {
                    // Those that were dropped say so.
                    let error = #expect(throws: StoreError.self) { try namespace.get("key") }
                    #expect(error?.code == .closed || error?.code == .namespaceNotFound)
                }
                try withStore(at: folder) { store in
                    let names = Set(try store.namespaces().map(\.name))
                    // A drop or a creation that was told that the store is closed may have come through.
                    #expect(names.symmetricDifference(results.flatMap(\.0)).count <= 4)
                    for name in names { _ = try store.namespace(name).get("key") }
                }
            }
        }
    }

    @Test("A namespace that was not open is not opened beside the others while they are closed")
    func coldNamespaces() throws {
        try withTemporaryFolder { folder in
            for _ in 0..<10 {
                let store = try Store.open(at: folder, configuration: .tiny)
                for number in 0..<20 {
                    try store.namespace("open/\(number)", createIfMissing: true).put("key", "value")
                }
                for number in 0..<200 { _ = try store.namespace("cold/\(number)", createIfMissing: true) }
                let open = try (0..<20).map { try store.namespace("open/\($0)") }
                let cold = try (0..<200).map { try store.namespace("cold/\($0)") }
                let began = Flag()
                let reader = RunningThread {
                    began.set()
                    for namespace in cold {
                        do {
                            _ = try namespace.get("key")
                        } catch let error as StoreError {
                            #expect(error.code == .closed, "\(error)")
                        }
                    }
                }
                #expect(eventually { began.isSet })
                try store.close()
                try reader.get()
                withExtendedLifetime(open) {}
            }
        }
    }

    @Test("An update that returned is there, and one that did not was told that the store is closed")
    func updates() throws {
        for _ in 0..<3 {
            try withTemporaryFolder { folder in
                let store = try Store.open(at: folder, configuration: .tiny)
                let namespace = try store.createNamespace("orders")
                let workers = (0..<6).map { worker in
                    RunningThread { () -> Int in
                        var acknowledged = 0
                        do {
                            while true {
                                try namespace.update(durability: worker == 0 ? .synced : .buffered) { update in
                                    let count = try update.get("\(worker)").flatMap {
                                        Int(String(decoding: $0, as: UTF8.self))
                                    }
                                    update.put("\(worker)", "\((count ?? 0) + 1)")
                                    update.put("log/\(worker)/\((count ?? 0) + 1)", "")
                                }
                                acknowledged += 1
                            }
                        } catch let error as StoreError {
                            #expect(error.code == .closed, "\(error)")
                        }
                        return acknowledged
                    }
                }
                usleep(40_000)
                try store.close()
                let acknowledged = try workers.map { try $0.get() }
                try withStore(at: folder) { store in
                    let namespace = try store.namespace("orders")
                    for (worker, count) in acknowledged.enumerated() {
                        let stored =
                            try namespace.get("\(worker)").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
                        #expect(stored == count)
                        #expect(try namespace.entries(prefix: "log/\(worker)/").collect().count == stored)
                    }
                }
            }
        }
    }

    @Test("An update whose closure runs while the store is closed does not hold it up, and is told")
    func closureUnderWay() throws {
        try withTemporaryFolder { folder in
            let store = try Store.open(at: folder, configuration: .tiny)
            let namespace = try store.createNamespace("orders")
            try namespace.put("key", "before")
            expectError(.closed) {
                try namespace.update { update in
                    update.put("key", "after")
                    try store.close()
                    // Its own writes and what it has read it still knows.
                    #expect(try update.get("key") == "after".bytes)
                    expectError(.closed) { try update.get("another") }
                }
            }
            #expect(try withStore(at: folder) { try $0.namespace("orders").get("key") } == "before".bytes)
        }
    }
}
