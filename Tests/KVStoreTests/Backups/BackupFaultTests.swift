import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("A backup is whole or not at all, and says what is damaged")
struct BackupFaultTests {
    @Test("A damaged, shortened or missing file is named, and nothing is restored from it", arguments: 0..<3)
    func damagedFiles(_ kind: Int) throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", String(repeating: "value", count: 1000))
            try namespace.flush()
            try namespace.put("log", "value")
            let folder = store.path.removingLastComponent()
            let backups = folder.appending("backups")
            try store.backup(to: backups)
            for name in try names(backups.appending("files")) {
                let file = backups.appending("files").appending(name)
                let bytes = try file.read()
                switch kind {
                case 0:
                    guard !bytes.isEmpty else { continue }
                    try damage(file, at: bytes.count / 2)
                case 1:
                    guard !bytes.isEmpty else { continue }
                    try file.write(Array(bytes.dropLast()))
                default: try file.remove()
                }
                for body in [
                    { try Store.verifyBackup(in: backups) },
                    {
                        try Store.restore(from: backups, to: folder.appending("restored"))
                        return try Store.verifyBackup(in: backups)
                    },
                ] {
                    let error = expectCode(.corruption, body)
                    #expect(error?.path == file)
                }
                #expect(try names(folder) == ["backups", "store"])
                try file.write(bytes)
            }
            try Store.verifyBackup(in: backups)
            // A file that was removed is written again.
            let stored = try names(backups.appending("files"))
            for name in stored { try backups.appending("files").appending(name).remove() }
            try store.backup(to: backups)
            try Store.verifyBackup(in: backups)
        }
    }

    @Test("A damaged list of files is named, and the other backups can still be restored")
    func damagedList() throws {
        try withTemporaryStore { store, namespace in
            let folder = store.path.removingLastComponent()
            let backups = folder.appending("backups")
            for number in 1...3 {
                try namespace.put("number", "\(number)")
                try store.backup(to: backups)
            }
            let list = backups.appending("backups").appending("2")
            let bytes = try list.read()
            for damaged in [
                [], Array(bytes.dropLast()), bytes.map { $0 == 0x61 ? 0x62 : $0 }, [0xFF, 0xFE],
                Array("\n\n\n\n\n\n\n".utf8),
            ] {
                try list.write(damaged)
                for body in [
                    { _ = try Store.backups(in: backups) }, { _ = try Store.verifyBackup(2, in: backups) },
                    { try Store.restore(2, from: backups, to: folder.appending("restored")) },
                    { _ = try Store.purgeBackups(in: backups, keeping: 2) },
                ] {
                    let error = expectCode(.corruption, body)
                    #expect(error?.path == list)
                }
            }
            for number in [1, 3] { try Store.verifyBackup(number, in: backups) }
            try Store.restore(3, from: backups, to: folder.appending("restored"))
            #expect(try withOpenStore(folder.appending("restored")) { try number($0.namespace("test")) } == 3)
            // Nothing that it may consist of is removed meanwhile.
            let files = try names(backups.appending("files"))
            try store.backup(to: backups)
            #expect(Set(files).isSubset(of: try names(backups.appending("files"))))
            try list.write(bytes)
            try Store.verifyBackup(2, in: backups)
        }
    }

    @Test("What is not ours, or is another store's, is left alone")
    func refusals() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            let folder = store.path.removingLastComponent()
            let backups = folder.appending("backups")
            try store.backup(to: backups)
            expectCode(.invalidArgument) { try store.backup(to: store.path.appending("inside")) }
            expectCode(.invalidArgument) { try store.backup(to: store.path) }
            expectCode(.invalidArgument) { try store.backup(to: folder) }
            expectCode(.invalidArgument) { try store.backup(to: "") }
            let file = folder.appending("file")
            try file.write("text")
            expectCode(.invalidArgument) { try store.backup(to: file) }
            expectCode(.invalidArgument) { try Store.backups(in: file) }
            expectCode(.invalidArgument) { try Store.backups(in: folder.appending("nothing")) }
            expectCode(.invalidArgument) { try Store.backups(in: folder) }
            expectCode(.invalidArgument) { try Store.verifyBackup(2, in: backups) }
            expectCode(.invalidArgument) { try Store.purgeBackups(in: folder, keeping: 1) }
            for path in [file, folder, store.path, backups.appending("restored")] {
                expectCode(.invalidArgument) { try Store.restore(from: backups, to: path) }
            }
            expectCode(.invalidArgument) { try Store.restore(7, from: backups, to: folder.appending("restored")) }
            try withOpenStore(folder.appending("other")) { other in
                let error = expectCode(.invalidArgument) { try other.backup(to: backups) }
                #expect(error?.operation.description == "backup")
            }
            try backups.appending("BACKUPS").write("KVStore backups 2\n")
            expectCode(.formatTooNew) { try Store.backups(in: backups) }
            try backups.appending("BACKUPS").write("KVStore")
            expectCode(.corruption) { try store.backup(to: backups) }
            try backups.appending("BACKUPS").write("KVStore backups 1\n")
            #expect(try Store.backups(in: backups).count == 1)
            #expect(try names(folder) == ["backups", "file", "other", "store"])
            try store.close()
            expectCode(.closed) { try store.backup(to: backups) }
        }
    }

    @Test("Backups made at the same time come one after another or are refused")
    func concurrency() throws {
        try withTemporaryStore { store, namespace in
            let backups = store.path.removingLastComponent().appending("backups")
            try store.backup(to: backups)
            let made = try onThreads(4) { thread in
                var made = 0
                for round in 0..<5 {
                    try namespace.put("\(thread)/\(round)", "value")
                    do {
                        try store.backup(to: backups)
                        made += 1
                    } catch let error as StoreError {
                        #expect(error.code == .busy && error.isRetryable, "\(error)")
                    }
                }
                return made
            }
            let numbers = try Store.backups(in: backups).map(\.number)
            #expect(numbers == Array(1...(1 + made.reduce(0, +))))
            for number in numbers { try Store.verifyBackup(number, in: backups) }
        }
    }

    @Test("A process that is killed leaves whole backups, and no other that is in the way", arguments: 0..<6)
    func killed(_ round: Int) throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            let backups = folder.appending("backups")
            let child = try MaintenanceProcess("backup", path.string, backups.string)
            for number in 0...round { #expect(try child.line() == "made \(number)") }
            // Somewhere within the next backups.
            usleep(UInt32(round * 7_000 + 500))
            child.kill()
            let made = try Store.backups(in: backups)
            #expect(made.count > round)
            #expect(made.map(\.number) == Array(1...made.count))
            for backup in made {
                try Store.verifyBackup(backup.number, in: backups)
                let restored = folder.appending("restored-\(backup.number)")
                try Store.restore(backup.number, from: backups, to: restored)
                #expect(try withOpenStore(restored) { try number($0.namespace("first")) } == backup.number - 1)
            }
            try withOpenStore(path) { (store) throws in
                let left = try names(path).filter { $0.hasPrefix("backup-") }
                #expect(left == [])
                #expect(try number(store.namespace("first")) >= round)
                #expect(try store.backup(to: backups).number == made.count + 1)
            }
            #expect(try !names(backups.appending("files")).contains("new"))
        }
    }

    static let canMount: Bool = {
        guard getuid() == 0 else { return false }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    @Test(
        "A full disk costs the backup that is being made, and no other", .enabled(if: canMount, "mounting needs root"))
    func fullDisk() throws {
        try withTemporaryFolder { folder in
            let disk = folder.appending("disk")
            try disk.makeFolder()
            let mount = "mount -t tmpfs -o size=3m tmpfs '\(disk.string)' && exec \"$@\""
            let child = try MaintenanceProcess(
                ["fill-backups", folder.appending("store").string, disk.appending("backups").string],
                behind: ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", mount, "sh"])
            #expect(
                try child.lines() == [
                    "whole: [1]", "failed: noSpace backup", "whole: [1]", "as before: true", "whole: [1, 2]",
                ])
        }
    }
}
