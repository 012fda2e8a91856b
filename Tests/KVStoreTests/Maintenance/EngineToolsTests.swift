import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("The engine's own tools agree")
struct EngineToolsTests {
    static let isInstalled: Bool = {
        let found = FileManager.default.isExecutableFile(atPath: "/usr/bin/ldb")
        if !found { print("skipped: /usr/bin/ldb is not installed (Debian: rocksdb-tools)") }
        return found
    }()

    @Test(
        "ldb lists the entries of a namespace as they are read", .enabled(if: isInstalled, "rocksdb-tools is missing"))
    func scan() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            let expected = try withOpenStore(path) { store in
                let namespace = try store.createNamespace("test")
                for number in 0..<300 { try namespace.put("key/\(number)", "value \(number)") }
                try namespace.flush()
                for number in 200..<400 { try namespace.put("key/\(number)", "changed \(number)") }
                try namespace.put([0, 0xFF, 0x0A], [0x0A, 0])
                try namespace.delete("key/7")
                return try namespace.entries().collect().map { "\(hex($0.key)) : \(hex($0.value))" }
            }
            let database = path.database()
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/ldb")
            process.arguments = ["--db=\(database.string)", "scan", "--hex"]
            if Store.Layout.underTest == .singleDatabase { process.arguments?.append("--column_family=1") }
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            #expect(text.split(separator: "\n").map(String.init) == expected)
        }
    }

    private func hex(_ bytes: [UInt8]) -> String {
        "0x" + bytes.map { String(format: "%02X", $0) }.joined()
    }
}
