import Foundation
import KVStore
import SystemPackage
import Testing

/// The engine locks each database with a POSIX lock on its LOCK file. Any close of that file in this process, by
/// whoever had it open, gives the lock up, and another process could then write to the database as well.
@Suite("The engine's locks while a store is open")
struct EngineLockTests {
    @Test("No call of the store gives a database's lock up")
    func held() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder.appending("store")) { store in
                let orders = try store.createNamespace("orders")
                try store.createNamespace("others").put("key", "value")
                try orders.put("key", "value", durability: .synced)
                try store.metadata.put("key", "value")
                let files = try lockFiles(store.path)
                #expect(files.count == (store.layout == .singleDatabase ? 2 : 3) && files.allSatisfy(isLocked))

                try orders.flush()
                try orders.compact()
                _ = try orders.approximateSize(.all)
                try orders.ingest([(key: "loaded", value: "value")])
                _ = try store.verify()
                try store.checkpoint(to: folder.appending("copy"))
                try store.sync()
                try withReader(of: store.path) { reader in
                    #expect(try reader.namespace("orders").get("key") != nil)
                    _ = try reader.verify()
                }
                let left = files.filter { !isLocked($0) }
                #expect(left.isEmpty, "\(left)")
                try store.dropNamespace("others")
            }
        }
    }

    @Test("Closing the file gives the lock up, and this suite would notice")
    func noticed() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { store in
                let file = folder.appending("metadata").appending("LOCK")
                #expect(isLocked(file))
                try FileDescriptor.open(file, .readOnly).close()
                #expect(!isLocked(file))
            }
        }
    }

    private func withReader(of path: FilePath, _ body: (Store) throws -> Void) throws {
        var configuration = StoreConfiguration.tiny
        configuration.access = .readOnly
        let reader = try Store.open(at: path, configuration: configuration)
        try body(reader)
        try reader.close()
    }

    private func lockFiles(_ store: FilePath) throws -> [FilePath] {
        try FileManager.default.subpathsOfDirectory(atPath: store.string)
            .filter { $0.hasSuffix("/LOCK") }.map { store.appending($0) }
    }

    /// Whether this process has a POSIX lock on a file, as the kernel says of the descriptors of that file. Its list of
    /// all locks, `/proc/locks`, lacks some when others come and go while it is read.
    private func isLocked(_ file: FilePath) -> Bool {
        func identity(_ path: String) -> [UInt64]? {
            var status = stat()
            return stat(path, &status) == 0 ? [UInt64(status.st_dev), UInt64(status.st_ino)] : nil
        }
        guard let wanted = identity(file.string) else { return false }
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return descriptors.contains { descriptor in
            guard identity("/proc/self/fd/\(descriptor)") == wanted else { return false }
            let text = (try? String(contentsOfFile: "/proc/self/fdinfo/\(descriptor)", encoding: .utf8)) ?? ""
            return text.split(separator: "\n").contains {
                $0.hasPrefix("lock:") && $0.contains("POSIX") && $0.contains("WRITE")
            }
        }
    }
}
