import FoundationEssentials
import Glibc
import SystemPackage

/// What a run says of the data that it has left in a directory that the user named, so that another can go on from there.
///
/// It is written when the engine has closed and taken away before another one opens: after a run that was killed, or that
/// had errors, nobody knows what is there, and no mark says that anybody did.
struct KeptData: Codable, Equatable {
    /// The version of this file.
    var format = 1
    var engine: String
    var layout: String?
    var keys: Int
    var keySize: Int
    var valueSize: Int
    var namespaces: Int
    var seed: UInt64
    /// How many entries each worker has added.
    var added: [Int]

    private static let file = "KVBENCH"
    private static let states = "KVBENCH-ENTRIES"

    init(_ data: DataSet, _ options: RunOptions) {
        engine = options.engine
        layout = options.layout?.rawValue
        keys = data.count
        keySize = data.keySize
        valueSize = data.values.size
        namespaces = data.namespaces
        seed = data.seed
        added = data.ledger.addedCounts
    }

    /// Reads what an earlier run has left; nothing is changed.
    ///
    /// - Throws: `UsageError` when it has left nothing that can be gone on with.
    init(in directory: FilePath) throws(UsageError) {
        let path = directory.appending(Self.file)
        var status = stat()
        guard lstat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size < 1 << 20,
            let bytes = try? Data(contentsOf: URL(filePath: path.string)),
            let kept = try? JSONDecoder().decode(KeptData.self, from: bytes), kept.format == 1
        else {
            throw UsageError(
                "--data '\(directory)' holds nothing that an earlier kvbench run has left complete; leave --reuse out, or"
                    + " name a directory that does")
        }
        self = kept
    }

    /// The options of a run over this data: what they leave open is as it is here.
    ///
    /// - Throws: `UsageError` for what is another than here.
    func adopted(by options: RunOptions) throws(UsageError) -> RunOptions {
        var options = options
        func check<Value: Equatable>(_ option: String, _ asked: Value?, _ here: Value) throws(UsageError) {
            guard let asked, asked != here else { return }
            throw UsageError(
                "\(option) is \(asked), but the data in '\(options.data ?? "")' is of \(option) \(here); give that, or leave"
                    + " --reuse out")
        }
        try check("--engine", options.engine, engine)
        try check("--layout", options.layout?.rawValue, layout ?? LayoutChoice.separate.rawValue)
        try check("--keys", options.keys, keys)
        try check("--key-size", options.keySize, keySize)
        try check("--value-size", options.valueSize, valueSize)
        try check("--namespaces", options.namespaces, namespaces)
        try check("--seed", options.seed, seed)
        // Each worker goes on with the entries that it has added.
        if added.contains(where: { $0 > 0 }) { try check("--workers", options.workers, added.count) }
        (options.keys, options.keySize, options.valueSize) = (keys, keySize, valueSize)
        return options
    }

    /// Has the ledger know of each entry what it did when the run ended.
    ///
    /// - Throws: `UsageError` when the file of that is not what this one says.
    func restore(_ ledger: EntryLedger, from directory: FilePath) throws(UsageError) {
        let path = directory.appending(Self.states)
        guard let bytes = try? Data(contentsOf: URL(filePath: path.string), options: .mappedIfSafe),
            bytes.count == keys * MemoryLayout<UInt32>.size
        else {
            throw UsageError("'\(path)' is missing or of another size; leave --reuse out, or name another directory")
        }
        bytes.withUnsafeBytes { ledger.restore($0, added: added) }
    }

    /// Leaves the mark.
    func write(to directory: FilePath, _ ledger: EntryLedger) throws {
        try ledger.withStates { states in
            try Data(states).write(to: URL(filePath: directory.appending(Self.states).string))
        }
        try Data(JSONText.encode(self).utf8).write(to: URL(filePath: directory.appending(Self.file).string))
    }

    /// Takes the mark away.
    static func removeMark(in directory: FilePath) throws {
        guard unlink(directory.appending(file).string) == 0 else { throw Errno(rawValue: errno) }
    }
}
