import KVStore
import SystemPackage
import Testing

@testable import KVStore

@Suite("Errors")
struct StoreErrorTests {
    @Test("An error says what failed, where, why and what to do, on one line")
    func description() {
        let error = StoreError(
            .noSpace, .put, namespace: "orders", path: "/data/app/namespaces/1", "the disk is full; free space",
            engineMessage: "IO error: No space left on device")
        #expect(
            "\(error)" == "put in namespace \"orders\" failed (noSpace): the disk is full; free space "
                + "[/data/app/namespaces/1] RocksDB says: IO error: No space left on device")
        #expect("\(StoreError(.closed, .open, "it is"))" == "open failed (closed): it is")
        #expect(error.code == .noSpace && error.operation.description == "put" && error.namespace == "orders")
        #expect(error.path == "/data/app/namespaces/1" && error.engineMessage == "IO error: No space left on device")
    }

    @Test("Each code has its own name")
    func codes() {
        let names: [(StoreError.Code, String)] = [
            (.namespaceNotFound, "namespaceNotFound"), (.namespaceExists, "namespaceExists"),
            (.invalidName, "invalidName"), (.invalidArgument, "invalidArgument"), (.alreadyOpen, "alreadyOpen"),
            (.notAStore, "notAStore"), (.formatTooNew, "formatTooNew"), (.closed, "closed"), (.readOnly, "readOnly"),
            (.corruption, "corruption"), (.ioError, "ioError"), (.noSpace, "noSpace"), (.busy, "busy"),
            (.conflict, "conflict"), (.timedOut, "timedOut"), (.incomplete, "incomplete"), (.engine, "engine"),
        ]
        for (code, name) in names { #expect(code.description == name) }
        #expect(Set(names.map(\.0)).count == names.count)
    }

    @Test("Only what may succeed when it is tried again says so")
    func retryable() {
        let retryable: [StoreError.Code] = [.busy, .conflict, .timedOut, .incomplete]
        let final: [StoreError.Code] = [
            .namespaceNotFound, .namespaceExists, .invalidName, .invalidArgument, .alreadyOpen, .notAStore,
            .formatTooNew, .closed, .readOnly, .corruption, .ioError, .noSpace, .engine,
        ]
        for code in retryable { #expect(StoreError(code, .put, "").isRetryable, "\(code)") }
        for code in final { #expect(!StoreError(code, .put, "").isRetryable, "\(code)") }
    }

    @Test("The engine's words are told apart, and kept", arguments: Self.statuses)
    func engineStatus(_ text: String, _ name: String) {
        let context = ErrorContext(namespace: "orders", path: "/data")
        let error = context.error(EngineFailure.status(text), .put)
        #expect(error.code.description == name)
        #expect(error.engineMessage == text)
        #expect(!error.message.isEmpty && error.namespace == "orders")
        // The file that the engine names, where data is lost, else the folder.
        #expect(error.path == (text.contains(".sst") ? "/data/000012.sst" : "/data"))
    }

    static let statuses = [
        ("Corruption: block checksum mismatch: stored = 1, computed = 2", "corruption"),
        ("Corruption: truncated block read", "corruption"),
        (
            "IO error: No such file or directory: while stat a file for size: /data/000012.sst: No such file",
            "corruption"
        ),
        ("IO error: No space left on device: While appending to file: /data/000003.log: No space left", "noSpace"),
        ("IO error: While appending to file: /data/000003.log: Input/output error", "ioError"),
        ("IO error: While lock file: /data/LOCK: Resource temporarily unavailable", "alreadyOpen"),
        ("IO error: lock hold by current process, acquire time 1 acquiring thread 2: /data/LOCK", "alreadyOpen"),
        ("Invalid argument: Column family not found", "invalidArgument"),
        ("Result incomplete: Write stall", "incomplete"),
        ("Resource busy: ", "busy"),
        ("Operation failed. Try again.: ", "busy"),
        ("Operation timed out: Timeout waiting to lock key", "timedOut"),
        ("Not implemented: ", "engine"),
        ("Something new", "engine"),
    ]

    @Test("Keys and values never appear in an error")
    func redaction() throws {
        let (key, value) = ("secret-key", "secret-value")
        try withTemporaryStore { store, namespace in
            var errors: [StoreError?] = []
            try withVirtualBytes(Limits.keySize.bytes + 1) { large in
                errors.append(expectError(.invalidArgument) { try namespace.put(large, value) })
                errors.append(
                    expectError(.invalidArgument) {
                        try namespace.write {
                            $0.put(key, value); $0.put(large, value)
                        }
                    })
            }
            errors.append(
                expectError(.invalidArgument) {
                    try namespace.update { update in
                        update.put(key, value)
                        try namespace.update { $0.put(key, value) }
                    }
                })
            try store.close()
            errors.append(expectError(.closed) { try namespace.put(key, value) })
            errors.append(expectError(.closed) { try namespace.get(key) })
            #expect(errors.count == 5)
            for error in errors { #expect(!"\(String(describing: error))".contains("secret")) }
        }
    }
}
