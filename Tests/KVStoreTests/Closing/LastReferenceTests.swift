import Foundation
import SystemPackage
import Testing

@testable import KVStore

@Suite("The last reference to what is in the engine goes while a thread ends")
struct LastReferenceTests {
    @Test("A store that nobody closed")
    func store() async {
        await #expect(processExitsWith: .success) {
            try withEndingThreads { folder in
                let store = try Store.open(at: folder, configuration: .tiny)
                try store.namespace("orders", createIfMissing: true).put("key", "value")
                return store
            }
        }
    }

    @Test("A cursor of a store that was closed")
    func cursor() async {
        await #expect(processExitsWith: .success) {
            try withEndingThreads { folder in
                try withStore(at: folder) { store in
                    let namespace = try store.namespace("orders", createIfMissing: true)
                    try namespace.put("key", "value")
                    return CursorHolder(try namespace.cursor())
                }
            }
        }
    }
}

private final class CursorHolder {
    let cursor: Cursor

    init(_ cursor: consuming Cursor) { self.cursor = cursor }
}

private struct Failed: Error {}

/// Lets the last reference to what `make` returns go with the data of the thread that made it, after the engine's, and
/// expects that all is in order then: the folder can be opened again.
private func withEndingThreads(_ make: @escaping (FilePath) throws -> AnyObject) throws {
    try withTemporaryFolder { folder in
        // The engine's key is made first, and so its data is destroyed first.
        try withStore(at: folder) { try $0.createNamespace("first").put("key", "value") }
        var key = pthread_key_t()
        guard pthread_key_create(&key, { Unmanaged<AnyObject>.fromOpaque($0!).release() }) == 0 else { throw Failed() }
        for _ in 0..<20 {
            var outcome = Result<Void, any Error>.failure(Failed())
            SeparateThread.run {
                outcome = Result {
                    pthread_setspecific(key, Unmanaged<AnyObject>.passRetained(try make(folder)).toOpaque())
                }
            }
            try outcome.get()
        }
        let value = try withStore(at: folder) { try $0.namespace("orders").get("key") }
        guard value == Array("value".utf8) else { throw Failed() }
    }
}
