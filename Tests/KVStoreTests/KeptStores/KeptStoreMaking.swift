import Foundation
import KVStore
import SystemPackage
import Testing

/// Not a test of the library: with `KVSTORE_KEEP_STORES` a folder, it makes a store of the layout under test to be kept
/// there: see `Tests/Fixtures/README.md`.
@Suite(
    "Writing a store to be kept",
    .enabled(if: ProcessInfo.processInfo.environment["KVSTORE_KEEP_STORES"] != nil, "no store is to be kept"))
struct KeptStoreMaking {
    @Test("It is made, and the engine's own tool lists what its description says")
    func make() throws {
        let target = FilePath(try #require(ProcessInfo.processInfo.environment["KVSTORE_KEEP_STORES"]))
        let layout = Store.Layout.underTest
        try withTemporaryFolder { folder in
            let description = try KeptStoreScenario.make(in: folder, layout: layout)
            try compareWithTool(folder, description.store)
            let file = target.appending(KeptStore.descriptionFile)
            try target.makeFolder()
            // Both layouts have the same description.
            if file.exists { #expect(try KeptDescription(readFrom: file) == description) }
            try description.write(to: file)
            try KeptStore.tar(
                ["-C", folder.string, "--sort=name", "--owner=0", "--group=0", "--numeric-owner"]
                    + ["-cJf", target.appending("\(layout.rawValue).tar.xz").string, "backups", "killed", "store"])
        }
    }

    private func compareWithTool(_ folder: FilePath, _ content: KeptContent) throws {
        try #require(EngineTool.areInstalled)
        // The tool opens databases to write.
        let copy = folder.appending("looked at")
        try FileManager.default.copyItem(
            atPath: folder.appending("store").string, toPath: copy.string)
        func hex(_ bytes: [UInt8]) -> String { "0x" + bytes.map { String(format: "%02X", $0) }.joined() }
        for (name, space) in content.namespaces where space.mergeOperator == nil && space.timeToLive == nil {
            let expected = content.entries(of: name, at: 0).map { "\(hex($0.key)) : \(hex($0.value))" }
            #expect(try EngineTool.scan(copy.database(of: space.id), family: space.id) == expected, "\(name)")
        }
        try copy.remove()
    }
}
