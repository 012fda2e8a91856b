import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("An opening that fails leaves nothing behind")
struct FailedOpeningTests {
    @Test("With too few descriptors for any store")
    func descriptorLimit() throws {
        try withTemporaryFolder { folder in
            let child = try MaintenanceProcess(
                program: "MaintenanceProcess", ["open", folder.appending("a/b/store").string],
                behind: ["/bin/sh", "-c", "ulimit -n 60; exec \"$0\" \"$@\""])
            #expect(try child.lines().joined().contains("RLIMIT_NOFILE"))
            #expect(try folder.names() == [])
        }
    }

    @Test("With few descriptors left")
    func fewDescriptors() throws {
        try withTemporaryFolder { folder in
            let lines = try MaintenanceProcess("few-descriptors", folder.string).lines()
            #expect(lines.last == "end", "\(lines)")
            #expect(lines.contains { $0.contains("failed") } && lines.contains { $0.contains("opened") })
            for line in lines.dropLast() {
                #expect(line.hasSuffix("opened: there") || line.hasSuffix("failed: nothing"), "\(line)")
            }
        }
    }

    @Test("At a path too long for what is in a store", arguments: [4060, 4080, 4200])
    func longPath(_ length: Int) throws {
        try withTemporaryFolder { folder in
            var text = folder.string
            while text.utf8.count + 201 < length - 10 { text += "/" + String(repeating: "d", count: 200) }
            text += "/" + String(repeating: "s", count: length - text.utf8.count - 1)
            let path = FilePath(text)
            do {
                try Store.open(at: path, configuration: .tiny).close()
            } catch {
                let names = try folder.names()
                #expect(names == [], "\(error)")
            }
        }
    }

    @Test("Of a store that is there, nothing is missing afterwards")
    func existing() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            try withOpenStore(path) { try $0.createNamespace("test").put("key", "value") }
            try path.appending("LOCK").remove()
            let identity = try path.appending("STORE").read()
            try path.appending("STORE").write("KVStore damaged")
            let before = try listing(path)
            expectCode(.corruption) { try Store.open(at: path, configuration: .tiny) }
            #expect(try listing(path) == before)
            try path.appending("STORE").write(identity)
            let child = try MaintenanceProcess(
                program: "MaintenanceProcess", ["open", path.string],
                behind: ["/bin/sh", "-c", "ulimit -n 60; exec \"$0\" \"$@\""])
            #expect(try child.lines().joined().contains("RLIMIT_NOFILE"))
            #expect(try withOpenStore(path) { try texts($0.namespace("test")) } == ["key": "value"])
        }
    }
}
