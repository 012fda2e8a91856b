import Foundation
import SystemPackage

/// What a kept store has to hold, as the file beside its archives says it.
///
/// Keys and values are texts of characters up to U+00FF, each of which stands for the byte of its number.
struct KeptContent: Codable, Equatable {
    struct Space: Codable, Equatable {
        var id: UInt64
        var mergeOperator: String?
        /// In milliseconds.
        var timeToLive: Int?
        var attributes: [String: String] = [:]
        /// Fields of its own tuning; nil for one that has the store's.
        var tuning: [String: String]?
        var entries: [String: String] = [:]
        /// When entries expire, in milliseconds since 1970.
        var expires: [String: Int]?
    }

    var metadata: [String: String] = [:]
    var namespaces: [String: Space] = [:]
    /// The names of namespaces that are not there: dropped, renamed, or never made whole.
    var missing: [String] = []

    /// The entries of a namespace that have not expired by then, by key.
    func entries(of name: String, at now: Int) -> [(key: [UInt8], value: [UInt8])] {
        guard let space = namespaces[name] else { return [] }
        return Self.ordered(space.entries.filter { space.expires?[$0.key] ?? .max > now })
    }

    static func ordered(_ entries: [String: String]) -> [(key: [UInt8], value: [UInt8])] {
        entries.map { ($0.key.latin1, $0.value.latin1) }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }
}

/// The description of a kept store and of its backups.
struct KeptDescription: Codable, Equatable {
    /// When it was written, by the clock that expiry goes by: milliseconds since 1970.
    var clock: Int
    var store: KeptContent
    /// By their numbers.
    var backups: [String: KeptContent]

    init(clock: Int, store: KeptContent, backups: [String: KeptContent]) {
        (self.clock, self.store, self.backups) = (clock, store, backups)
    }

    init(readFrom file: FilePath) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(try file.read()))
    }

    func write(to file: FilePath) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try file.write(Array(try encoder.encode(self)) + "\n".bytes)
    }
}

extension String {
    /// The bytes that the text stands for in a description.
    var latin1: [UInt8] { unicodeScalars.map { UInt8($0.value) } }

    init(latin1 bytes: [UInt8]) {
        self.init()
        unicodeScalars.append(contentsOf: bytes.map { Unicode.Scalar($0) })
    }
}
