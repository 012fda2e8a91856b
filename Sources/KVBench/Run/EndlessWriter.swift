import Glibc
public import KVStore
public import SystemPackage

/// Writes numbered entries one after another and says of each, a line on standard output, that it was acknowledged, until
/// its process is killed: what is there afterwards shows what an engine loses.
public struct EndlessWriter {
    private let entry: EngineEntry
    private let settings: EngineSettings

    /// - Parameters:
    ///   - engine: the engine's name.
    ///   - data: a new directory, or one in which an earlier writer was killed; it is gone on with.
    /// - Throws: `UsageError` when there is no such engine, or it is not installed.
    public init(engine: String, durability: Durability, data: FilePath) throws(UsageError) {
        entry = try EngineCatalog.entry(named: engine)
        try entry.check(.own)
        settings = EngineSettings(directory: data, tuning: .documented, durability: durability, keyspaces: 1)
    }

    /// Writes for ever.
    ///
    /// - Throws: What the engine says when it fails.
    public func run() throws {
        try claim(settings.directory)
        let engine = try entry.open(settings)
        try write(to: engine)
    }

    /// Takes a directory that is new or empty, and says beside it that it did: one that is not is taken only if a writer
    /// before did so.
    private func claim(_ directory: FilePath) throws {
        let mark = "\(directory.string).kvbench"
        guard access(mark, F_OK) != 0 else { return }
        _ = try DataDirectory(requested: directory)
        close(open(mark, O_CREAT | O_WRONLY | O_CLOEXEC, 0o644))
    }

    private func write(to engine: some BenchEngine) throws {
        let session = try engine.makeSession()
        var number = try Self.count(session)
        var key = KeyFormat(size: KeyFormat.defaultSize)
        var value: [UInt8] = []
        while true {
            key.set(number)
            Self.values.write(number, version: 1, into: &value)
            try session.put(key.bytes.span.bytes, value.span.bytes, in: 0)
            Terminal.write("\(number)\n")
            number += 1
        }
    }

    /// How many entries there are, from the first on without a gap and each as it was written.
    ///
    /// - Throws: `WrongAnswer` when one is missing before others, or another than was written.
    static func count(_ session: some BenchSession) throws -> Int {
        var count = 0
        var key = KeyFormat(size: KeyFormat.defaultSize)
        var expected: [UInt8] = []
        key.set(0)
        let first = key.bytes
        try session.scan(from: first.span.bytes, limit: .max, in: 0) { found, value in
            key.set(count)
            values.write(count, version: 1, into: &expected)
            guard found.equals(key.bytes.span.bytes), value.equals(expected.span.bytes) else {
                throw WrongAnswer("entry \(count) is not what was written: \(found.asText) is there")
            }
            count += 1
        }
        return count
    }

    private static let values = ValueFormat(size: 100, seed: 1)
}
