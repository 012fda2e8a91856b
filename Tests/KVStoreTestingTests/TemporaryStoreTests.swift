import Foundation
import KVStore
import KVStoreTesting
import SystemPackage
import Testing

@Suite("Stores that tests make")
struct TemporaryStoreTests {
    private struct Expected: Error {}

    @Test("It is there for the body and gone afterwards, in both layouts", arguments: StoreLayout.allCases)
    func ordinary(_ layout: StoreLayout) async throws {
        for place in [StorePlace.temporary, .memory, .folder("/var/tmp")] {
            let path = try withTemporaryStore(.small.with(layout), in: place) { store in
                try store.createNamespace("n").put("key", "value")
                #expect(store.layout == layout)
                #expect(FileManager.default.fileExists(atPath: store.path.string))
                return store.path.string
            }
            #expect(!FileManager.default.fileExists(atPath: path))
            let other = try await withTemporaryStore(.small.with(layout), in: place) { store in
                try await store.createNamespace("n").put("key", "value")
                return store.path.string
            }
            #expect(!FileManager.default.fileExists(atPath: other))
            #expect(other != path)
        }
    }

    @Test("It is gone when the body throws too, which is what is thrown")
    func throwing() async throws {
        var path = ""
        #expect(throws: Expected.self) {
            try withTemporaryStore { store in
                path = store.path.string
                throw Expected()
            }
        }
        #expect(!path.isEmpty && !FileManager.default.fileExists(atPath: path))
        await #expect(throws: Expected.self) {
            try await withTemporaryStore { store in
                try await store.createNamespace("n")
                throw Expected()
            }
        }
    }

    @Test("The body may close it and open it again, and keep what reads it")
    func restarted() throws {
        let entries = try withTemporaryStore { store in
            try store.createNamespace("n").put("key", "value")
            try store.close()
            let again = try Store.open(at: store.path, configuration: .small)
            let entries = try again.namespace("n").entries()
            #expect(try entries.next()?.key == Array("key".utf8))
            try again.close()
            return entries
        }
        withExtendedLifetime(entries) {}
    }

    @Test("In a task that is cancelled it is removed too")
    func cancelled() async throws {
        let task = Task {
            try await withTemporaryStore { store in
                try await store.createNamespace("n")
                withUnsafeCurrentTask { $0?.cancel() }
                return store.path.string
            }
        }
        #expect(!FileManager.default.fileExists(atPath: try await task.value))
    }

    @Test("Time passes when the clock is moved", arguments: StoreLayout.allCases)
    func clock(_ layout: StoreLayout) throws {
        let clock = ManualClock(at: Timestamp(seconds: 1_700_000_000))
        try withTemporaryStore(.small.with(layout).with(clock), in: .memory) { store in
            let options = NamespaceOptions(timeToLive: .seconds(60))
            let sessions = try store.createNamespace("sessions", options: options)
            try sessions.put("token", "user 7")
            clock.advance(by: .seconds(59))
            #expect(try sessions.contains("token"))
            clock.advance(by: .milliseconds(1000))
            #expect(try !sessions.contains("token"))
            clock.advance(by: .seconds(-1))
            #expect(try sessions.contains("token"))
            clock.set(to: Timestamp(nanoseconds: .max))
            #expect(try !sessions.contains("token"))
        }
    }
}
