import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("The folder of a store in memory is its user's, and the clean-up touches no other")
struct MemoryFolderTests {
    /// The number of a process that has ended.
    private func endedProcess() throws -> pid_t {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/true")
        try process.run()
        process.waitUntilExit()
        return process.processIdentifier
    }

    @Test("Nobody else can look into it")
    func mode() throws {
        let store = try Store.inMemory()
        let attributes = try FileManager.default.attributesOfItem(atPath: store.path.string)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
        try store.close()
    }

    @Test("What looks like one that was left, and is none, stays")
    func cleaning() throws {
        try withTemporaryFolder { folder in
            let first = try Store.inMemory()
            let base = first.path.removingLastComponent()
            try first.close()
            let process = try endedProcess()
            func name(_ end: String) -> FilePath { base.appending("kvstore-memory-\(process)-\(end)") }
            func id() -> String { UUID().uuidString.lowercased() }
            func make(_ path: FilePath, _ mode: Int = 0o700, _ files: String...) throws {
                try path.makeFolder()
                for file in files { try path.appending(file).write("") }
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path.string)
            }
            let mine = folder.appending("mine")
            try make(mine, 0o700, "LOCK", "STORE")
            let (link, left) = (name(id()), name(id()))
            try makeLink(link, to: mine)
            let foreign = [name("mine"), name(id()), name(id()), name(id())]
            try make(foreign[0], 0o700, "LOCK", "STORE")
            try make(foreign[1], 0o755, "LOCK", "STORE")
            try make(foreign[2], 0o700, "LOCK", "STORE", "mine")
            try make(foreign[3], 0o700)
            defer { for path in foreign + [link] { try? path.remove() } }
            try make(left, 0o700, "LOCK", "STORE.new")
            try makeLink(left.appending("metadata"), to: mine)
            try Store.inMemory().close()
            #expect(!exists(left))
            for path in foreign { #expect(exists(path), "\(path)") }
            #expect(try mine.names() == ["LOCK", "STORE"])
            #expect(exists(link))
        }
    }
}
