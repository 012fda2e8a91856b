import Foundation
import SystemPackage

/// What is in a folder: relative paths and the bytes of each file, to show that nothing was created, changed or lost.
func content(of folder: FilePath) throws -> [String: Data] {
    var content: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.string) {
        content[path] = FileManager.default.contents(atPath: folder.appending(path).string) ?? Data()
    }
    return content
}

extension FilePath {
    var exists: Bool { FileManager.default.fileExists(atPath: string) }

    /// The names in the folder, sorted.
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: string).sorted() }

    func write(_ text: String) throws { try write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: string)) }

    func read() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: string))) }

    func remove() throws { try FileManager.default.removeItem(atPath: string) }

    func makeFolder() throws {
        try FileManager.default.createDirectory(atPath: string, withIntermediateDirectories: true)
    }
}

func makeLink(_ link: FilePath, to target: FilePath) throws {
    try FileManager.default.createSymbolicLink(atPath: link.string, withDestinationPath: target.string)
}
