import KVStore
import SystemPackage
import Testing

@Suite("Loops over entries")
struct EntriesTests {
    private func fill(_ namespace: Namespace, _ count: Int) throws {
        _ = try namespace.write { batch in
            for number in 0..<count { batch.put(key(number), "\(number)") }
        }
    }

    private func key(_ number: Int) -> String {
        "key/" + String(repeating: "0", count: 5 - "\(number)".count) + "\(number)"
    }

    @Test("An async loop gives every entry in order, over many pages")
    func asyncLoop() async throws {
        try await withTemporaryStore { _, namespace in
            try fill(namespace, 5000)
            try await namespace.flush()
            var number = 0
            for try await entry in namespace.entries(prefix: "key/") {
                #expect(entry.key == Array(key(number).utf8))
                number += 1
            }
            #expect(number == 5000)
        }
    }

    @Test("A loop that is left stops reading, and the store closes and opens again")
    func abandonedLoop() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("store")
            do {
                let store = try await Store.open(at: path, configuration: .tiny)
                let namespace = try await store.createNamespace("test")
                try fill(namespace, 1000)
                for try await _ in namespace.entries() { break }
                try await store.close()
            }
            let store = try await Store.open(at: path, configuration: .tiny)
            try await store.close()
        }
    }

    @Test("Nothing of a loop that was left is still held by the threads that read for it")
    func nothingIsHeld() async throws {
        try await withTemporaryStore { _, namespace in
            try fill(namespace, 100)
            var held = 0
            for _ in 0..<2000 {
                weak var left: Entries?
                do {
                    let entries = namespace.entries()
                    left = entries
                    for try await _ in entries { break }
                }
                if left != nil { held += 1 }
            }
            #expect(held == 0)
        }
    }

    @Test("Limits and direction")
    func limits() throws {
        try withTemporaryStore { _, namespace in
            try fill(namespace, 100)
            #expect(try namespace.entries(limit: 3).collect().map(\.key) == (0..<3).map { Array(key($0).utf8) })
            let last = try namespace.entries(reversed: true, limit: 2).collect()
            #expect(last.map(\.key) == [99, 98].map { Array(key($0).utf8) })
            let range = try namespace.entries(key(10)..<key(13)).collect()
            #expect(range.map(\.value) == ["10", "11", "12"].map { Array($0.utf8) })
            #expect(try namespace.entries(key(10)...key(12), reversed: true).collect().count == 3)
            #expect(try namespace.entries(limit: 0).collect().isEmpty)
        }
    }

    @Test("A cancelled loop throws")
    func cancelledLoop() async throws {
        try await withTemporaryStore { _, namespace in
            try fill(namespace, 1000)
            let loop = Task {
                for try await _ in namespace.entries() { try await Task.sleep(for: .milliseconds(5)) }
            }
            loop.cancel()
            await #expect(throws: CancellationError.self) { try await loop.value }
        }
    }
}
