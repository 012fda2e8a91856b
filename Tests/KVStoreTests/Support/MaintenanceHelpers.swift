import Foundation
import KVStore
import SystemPackage
import Testing

extension StoreConfiguration {
    /// ``tiny`` with another way to open a store.
    static func tiny(_ access: Access) -> StoreConfiguration {
        var configuration = StoreConfiguration.tiny
        configuration.access = access
        return configuration
    }
}

/// Expects `body` to throw a ``StoreError`` with that code.
@discardableResult
func expectCode<Result>(
    _ code: StoreError.Code, at location: SourceLocation = #_sourceLocation, _ body: () throws -> Result
) -> StoreError? {
    do {
        _ = try body()
        Issue.record("expected \(code), nothing was thrown", sourceLocation: location)
    } catch {
        let failure = error as? StoreError
        #expect(failure?.code == code, "\(error)", sourceLocation: location)
        return failure
    }
    return nil
}

/// Opens a store, runs `body` and closes it.
@discardableResult
func withOpenStore<Result>(
    _ path: FilePath, _ configuration: StoreConfiguration = .tiny, _ body: (Store) throws -> Result
) throws -> Result {
    let store = try Store.open(at: path, configuration: configuration)
    let result = try body(store)
    try store.close()
    return result
}

/// The entries of a namespace as text.
func texts(_ namespace: Namespace) throws -> [String: String] {
    var texts: [String: String] = [:]
    try namespace.entries().forEach {
        texts[String(decoding: $0.key, as: UTF8.self)] = String(decoding: $0.value, as: UTF8.self)
    }
    return texts
}

func number(_ namespace: Namespace, _ key: String = "number") throws -> Int {
    try namespace.get(key).flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
}

/// What a folder holds: each path with the size and the time of change of the file.
func listing(_ folder: FilePath) throws -> [String: String] {
    var listing: [String: String] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.string) {
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.appending(path).string)
        listing[path] = "\(attributes[.size] ?? 0) \(attributes[.modificationDate] ?? "")"
    }
    return listing
}

func exists(_ path: FilePath) -> Bool { FileManager.default.fileExists(atPath: path.string) }

func names(_ folder: FilePath) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
}

/// Changes one byte of a file, as a failing disk would.
func damage(_ file: FilePath, at offset: Int) throws {
    let handle = try #require(FileHandle(forUpdatingAtPath: file.string))
    defer { try? handle.close() }
    try handle.seek(toOffset: UInt64(offset))
    let byte = try #require(try handle.read(upToCount: 1)?.first)
    try handle.seek(toOffset: UInt64(offset))
    try handle.write(contentsOf: [byte ^ 0x40])
}

func size(_ file: FilePath) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: file.string)[.size] as? Int ?? 0
}
