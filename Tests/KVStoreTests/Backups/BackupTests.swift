import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("Backups hold the whole store and share what did not change")
struct BackupTests {
    /// Bytes that no compression makes smaller.
    private func noise(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255) } }

    private func restored<Result>(
        _ number: Int? = nil, from folder: FilePath, _ body: (Store) throws -> Result
    ) throws -> Result {
        let path = folder.removingLastComponent().appending("restored-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: path.string) }
        try Store.restore(number, from: folder, to: path)
        return try withOpenStore(path) { try body($0) }
    }

    @Test("Each backup is the store as it was then, and only what is new is written")
    func incremental() throws {
        try withTemporaryFolder { folder in
            let backups = folder.appending("deep").appending("backups")
            try withOpenStore(folder.appending("store")) { store in
                let orders = try store.createNamespace("orders")
                let users = try store.createNamespace("users")
                try store.createNamespace("empty")
                try orders.put("in a file", noise(300_000))
                try orders.flush()
                try orders.put("in the log", "1")
                try users.put("unlogged", "2", durability: .unlogged)
                try store.metadata.put("setting", "3")
                let first = try store.backup(to: backups)
                #expect(first.number == 1)
                #expect(first.size.bytes > 300_000)
                #expect(first.addedSize.bytes > 300_000 && first.addedSize <= first.size)
                #expect(abs((first.created - .now).components.seconds) < 60)

                try orders.put("in the log", "changed")
                try orders.deleteRange(KeyRange("in a"..<"in b"))
                try store.dropNamespace("users")
                let second = try store.backup(to: backups)
                #expect(second.number == 2)
                #expect(second.addedSize.bytes < 100_000)
                #expect(try Store.backups(in: backups) == [first, second])
                #expect(try names(store.path).allSatisfy { !$0.hasPrefix("backup-") })
            }
            for number in [1, 2] { #expect(try Store.verifyBackup(number, in: backups).number == number) }
            #expect(try Store.verifyBackup(in: backups).number == 2)
            try restored(1, from: backups) { store in
                #expect(try store.namespaces().map(\.name) == ["empty", "orders", "users"])
                let orders = try store.namespace("orders")
                #expect(try orders.get("in a file")?.count == 300_000)
                #expect(try orders.get("in the log") == "1".bytes)
                #expect(try texts(store.namespace("users")) == ["unlogged": "2"])
                #expect(try texts(store.metadata) == ["setting": "3"])
                #expect(try store.verify().entries > 3)
            }
            try restored(from: backups) { store in
                #expect(try store.namespaces().map(\.name) == ["empty", "orders"])
                // Looked up one by one: a scan takes a snapshot, after which the engine writes old files anew.
                #expect(try store.namespace("orders").get("in the log") == "changed".bytes)
                #expect(try store.namespace("orders").get("in a file") == nil)
                // It is the same store, and goes on with its backups.
                try store.namespace("orders").put("after", "restoring")
                let third = try store.backup(to: backups)
                #expect(third.number == 3)
                #expect(third.addedSize.bytes < 100_000)
            }
            #expect(try restored(from: backups) { try texts($0.namespace("orders"))["after"] } == "restoring")
        }
    }

    @Test("All namespaces are as they were at one moment while others write")
    func consistency() throws {
        try withTemporaryFolder { folder in
            let backups = folder.appending("backups")
            let store = try Store.open(at: folder.appending("store"), configuration: .tiny)
            let first = try store.createNamespace("first")
            let second = try store.createNamespace("second")
            let metadata = store.metadata
            let stop = Flag()
            let writer = RunningThread {
                var number = 0
                while !stop.isSet {
                    number += 1
                    for namespace in [first, second, metadata] { try namespace.put("number", "\(number)") }
                }
            }
            while try number(metadata) < 5 {}
            for round in 1...5 {
                let before = try number(metadata)
                try store.backup(to: backups)
                try restored(round, from: backups) { copy in
                    let numbers = try [number(copy.namespace("first")), number(copy.namespace("second"))]
                    let last = try number(copy.metadata)
                    #expect(before <= last && last <= numbers[1] && numbers[1] <= numbers[0])
                    #expect(numbers[0] <= last + 1)
                }
            }
            stop.set()
            try writer.get()
            try store.close()
        }
    }

    @Test("Files are stored under their SHA-256, as sha256sum has it")
    func namedByContent() throws {
        try withTemporaryStore { store, namespace in
            for count in [0, 1, 55, 56, 63, 64, 65, 1_000_000] { try namespace.put("\(count)", noise(count)) }
            try namespace.flush()
            let backups = store.path.removingLastComponent().appending("backups")
            try store.backup(to: backups)
            let files = backups.appending("files")
            let stored = try names(files)
            #expect(stored.count > 5)
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
            process.currentDirectoryURL = URL(fileURLWithPath: files.string)
            process.arguments = stored
            process.standardOutput = output
            try process.run()
            let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            process.waitUntilExit()
            #expect(text.split(separator: "\n").map(String.init) == stored.map { "\($0)  \($0)" })
        }
    }

    @Test("A table file that was damaged after it was backed up does not harm a later backup")
    func keepsWhatItHas() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", noise(100_000))
            try namespace.flush()
            let backups = store.path.removingLastComponent().appending("backups")
            try store.backup(to: backups)
            let folder = store.path.database()
            let table = folder.appending(try #require(try names(folder).first { $0.hasSuffix(".sst") }))
            let time = try FileManager.default.attributesOfItem(atPath: table.string)[.modificationDate]
            var status = stat()
            stat(table.string, &status)
            try damage(table, at: 5_000)
            // A disk that fails changes no times.
            var times = [status.st_atim, status.st_mtim]
            utimensat(AT_FDCWD, table.string, &times, 0)
            #expect(time != nil)
            try store.backup(to: backups)
            try Store.verifyBackup(in: backups)
            #expect(try restored(from: backups) { try $0.verify().entries } > 0)
            expectCode(.corruption) { try store.verify() }
        }
    }

    @Test("A file that was damaged in the folder is written anew by the next backup, which can be restored")
    func damagedSharedFile() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", noise(100_000))
            try namespace.flush()
            let backups = store.path.removingLastComponent().appending("backups")
            for kind in 0..<3 {
                try store.backup(to: backups)
                // The table file, by its size.
                let files = backups.appending("files")
                let sizes = try names(files).map { (name: $0, size: try size(files.appending($0))) }
                let largest = try #require(sizes.max { $0.size < $1.size }).name
                switch kind {
                case 0: try damage(files.appending(largest), at: 50_000)
                case 1: #expect(truncate(files.appending(largest).string, 10) == 0)
                default: try files.appending(largest).remove()
                }
                expectCode(.corruption) { try Store.verifyBackup(in: backups) }
                if kind == 0 {
                    // Not looked at when that is not asked for.
                    let unchecked = try store.backup(to: backups, checksShared: false)
                    expectCode(.corruption) { try Store.verifyBackup(unchecked.number, in: backups) }
                }
                let number = try store.backup(to: backups).number
                for number in 1...number { try Store.verifyBackup(number, in: backups) }
                #expect(try restored(number, from: backups) { try $0.namespace("test").get("key")?.count } == 100_000)
            }
            // Small files are shared too, by what they hold.
            for name in try names(backups.appending("files")) {
                let file = backups.appending("files").appending(name)
                if try size(file) > 0 { try damage(file, at: 0) }
            }
            let last = try store.backup(to: backups).number
            try Store.verifyBackup(last, in: backups)
        }
    }

    @Test("A backup can be on another file system", .enabled(if: FilePath("/dev/shm").exists))
    func otherFileSystem() throws {
        try withTemporaryStore { store, namespace in
            let backups = FilePath("/dev/shm/kvstore-test-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(atPath: backups.string) }
            try namespace.put("key", "value")
            try namespace.flush()
            try store.backup(to: backups)
            try namespace.put("key", "other")
            try store.backup(to: backups)
            let path = store.path.removingLastComponent().appending("restored")
            try Store.restore(1, from: backups, to: path)
            #expect(try withOpenStore(path) { try texts($0.namespace("test")) } == ["key": "value"])
        }
    }

    @Test("Purging keeps the newest, and frees what only the others had")
    func purging() throws {
        try withTemporaryStore { store, namespace in
            let backups = store.path.removingLastComponent().appending("backups")
            for number in 1...5 {
                try namespace.put("shared/\(number)", noise(10_000))
                try namespace.put("rewritten", noise(50_000))
                try namespace.flush()
                try namespace.compact()
                #expect(try store.backup(to: backups).number == number)
            }
            let before = try names(backups.appending("files")).count
            #expect(try Store.purgeBackups(in: backups, keeping: 2) == [1, 2, 3])
            #expect(try Store.backups(in: backups).map(\.number) == [4, 5])
            #expect(try names(backups.appending("files")).count < before)
            for number in [4, 5] { try Store.verifyBackup(number, in: backups) }
            #expect(try Store.purgeBackups(in: backups, keeping: 2) == [])
            #expect(try Store.purgeBackups(in: backups, keeping: 1) == [4])
            #expect(try store.backup(to: backups).number == 6)
            expectCode(.invalidArgument) { try Store.purgeBackups(in: backups, keeping: 0) }
            expectCode(.invalidArgument) { try Store.restore(4, from: backups, to: backups) }
            #expect(try restored(5, from: backups) { try $0.namespace("test").entries().collect().count } == 6)
        }
    }

    @Test("The async forms")
    func asyncForms() async throws {
        try await withTemporaryStore { store, namespace in
            let folder = store.path.removingLastComponent()
            let backups = folder.appending("backups")
            try await namespace.put("key", "value")
            #expect(try await store.backup(to: backups).number == 1)
            #expect(try await store.backup(to: backups).number == 2)
            #expect(try await Store.backups(in: backups).count == 2)
            #expect(try await Store.verifyBackup(1, in: backups).number == 1)
            #expect(try await Store.purgeBackups(in: backups, keeping: 1) == [1])
            try await Store.restore(from: backups, to: folder.appending("restored"))
            #expect(
                try withOpenStore(folder.appending("restored")) { try texts($0.namespace("test")) } == ["key": "value"])
        }
    }
}
