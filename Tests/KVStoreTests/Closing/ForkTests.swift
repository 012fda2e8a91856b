import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("Children of a process that has a store open")
struct ForkTests {
    @Test(
        "A child that was forked is refused with a clear error, or does nothing, ends, and leaves the parent its store",
        arguments: ["exits", "closes", "letsGo", "calls", "opens", "usesCursor"])
    func forked(_ use: String) throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            let said = try StoreProcess.run(path.string, use, "20")
            #expect(said == "done\n")
            try withStore(at: path) { store in
                let namespace = try store.namespace("test")
                #expect(try namespace.get("key") == "value".bytes)
            }
        }
    }

    @Test("A store opens as soon as it is closed, whatever programs are being started meanwhile")
    func spawning() throws {
        try withTemporaryFolder { folder in
            let isOver = Flag()
            let spawners = (0..<3).map { _ in
                RunningThread {
                    while !isOver.isSet {
                        let process = Process()
                        process.executableURL = URL(fileURLWithPath: "/bin/true")
                        try process.run()
                        process.waitUntilExit()
                    }
                }
            }
            let path = folder.appending("store")
            let backups = folder.appending("backups")
            let outcome = Result {
                for _ in 0..<60 {
                    let store = try Store.open(at: path, configuration: .tiny)
                    try store.namespace("test", createIfMissing: true).put("key", "value")
                    try store.close()
                }
                try withStore(at: path) { store in
                    for _ in 0..<10 {
                        try store.backup(to: backups)
                        try Store.verifyBackup(in: backups)
                        try Store.purgeBackups(in: backups, keeping: 1)
                    }
                }
            }
            isOver.set()
            for spawner in spawners { try spawner.get() }
            try outcome.get()
        }
    }

    @Test("No descriptor of a store is left to a program that is started")
    func descriptors() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            try namespace.flush()
            let cursor = try namespace.cursor()
            for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
                guard let descriptor = Int32(name),
                    let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)"),
                    target.hasPrefix(store.path.string)
                else { continue }
                #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0, "\(target)")
            }
            _ = consume cursor
        }
    }
}
