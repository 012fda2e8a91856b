import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("Disk space of stores that hold little")
struct AllocatedSpaceTests {
    private let mebibyte = 1 << 20

    /// What the files of a folder take on the disk, which is not what they are long.
    private func allocated(_ folder: FilePath) throws -> Int {
        var sum = 0
        for case let name as String in FileManager.default.enumerator(atPath: folder.string) ?? .init() {
            var status = stat()
            guard stat(folder.appending(name).string, &status) == 0 else { continue }
            sum += Int(status.st_blocks) * 512
        }
        return sum
    }

    @Test("One value takes less than a mebibyte while the store is open, and after a kill")
    func oneValue() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            // With the documented tuning, whose memtables are large.
            let process = try StoreProcess(opening: path)
            #expect(process.answer == "open")
            #expect(try allocated(path) < mebibyte)
            process.kill()
            #expect(try allocated(path) < mebibyte)
            try withStore(at: path, .documented) { store in
                let namespace = try store.namespace("from the other process")
                #expect(try namespace.get("key") == "value".bytes)
                #expect(try allocated(path) < mebibyte)
            }
            #expect(try allocated(path) < mebibyte)
        }
    }

    @Test("Forty namespaces with one entry take less than a tenth of one each while they are open")
    func fortyNamespaces() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            try withStore(at: path, .documented) { store in
                for number in 0..<40 { try store.createNamespace("namespace \(number)").put("key", "value") }
                try store.metadata.put("key", "value")
                try store.sync()
                #expect(try allocated(path) < 4 * mebibyte)
            }
            try withStore(at: path, .documented) { store in
                for number in 0..<40 {
                    let namespace = try store.namespace("namespace \(number)")
                    #expect(try namespace.get("key") == "value".bytes)
                    try namespace.put("more", "value")
                }
                #expect(try allocated(path) < 4 * mebibyte)
            }
        }
    }

    @Test("A store in memory takes no more of it than it holds")
    func inMemory() throws {
        let store = try Store.inMemory()
        try store.createNamespace("test").put("key", "value")
        #expect(try allocated(store.path) < mebibyte)
        try store.close()
    }
}
