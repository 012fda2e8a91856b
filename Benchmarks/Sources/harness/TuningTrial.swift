import CHarness
import Foundation
import KVStore
import SystemPackage

/// A database of one variant, and how long it took.
struct TuningTrial {
    let variant: TuningVariant
    /// Nanoseconds an operation, in each round.
    private(set) var times: [TuningOperation: [Double]] = [:]

    private let path: FilePath
    private let template: FilePath
    private let content: NumberedEntries
    private var database: OpaquePointer?
    private var cache: ByteCount?

    init(_ variant: TuningVariant, in path: FilePath, like template: FilePath, _ content: NumberedEntries) {
        self.variant = variant
        self.path = path
        self.template = template
        self.content = content
    }

    /// What the table files take.
    var bytes: Int {
        let files = try? FileManager.default.contentsOfDirectory(
            at: URL(fileURLWithPath: path.string), includingPropertiesForKeys: [.fileSizeKey])
        return (files ?? []).filter { $0.pathExtension == "sst" }
            .reduce(0) { $0 + ((try? $1.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0) }
    }

    /// Opens it for reads with a cache of that size unless it is, and reads everything once.
    mutating func prepare(for operation: TuningOperation) {
        guard operation != .fill, operation.cache != cache else { return }
        open(operation.cache)
        sink &+= loop_scan(database!, UInt64(content.count))
    }

    private mutating func open(_ cache: ByteCount) {
        close()
        self.cache = cache
        database = loop_open(path.string, template.string, UInt64(cache.bytes), variant.bloomBits, variant.options)
    }

    mutating func close() {
        if let database { loop_close(database) }
        (database, cache) = (nil, nil)
    }

    mutating func run(_ operation: TuningOperation) throws {
        times[operation, default: []].append(try operation == .fill ? fill() : read(operation))
    }

    private mutating func fill() throws -> Double {
        close()
        if FileManager.default.fileExists(atPath: path.string) {
            try FileManager.default.removeItem(atPath: path.string)
        }
        open(TuningOperation.fill.cache)
        defer { close() }
        return Self.time(content.count) {
            loop_fill(
                database!, content.loopKeys(content.sorted), content.values.baseAddress!, NumberedEntries.valueSize)
            loop_settle(database!)
        }
    }

    private func read(_ operation: TuningOperation) -> Double {
        let count =
            switch operation {
            case .fill, .step, .coldStep: content.count
            case .get, .missing: 200_000
            case .coldGet: 50_000
            }
        let keys = content.loopKeys(operation == .missing ? content.missing : content.shuffled)
        return Self.time(count) {
            switch operation {
            case .step, .coldStep: sink &+= loop_scan(database!, UInt64(count))
            case .fill, .get, .missing, .coldGet: sink &+= loop_get_pinned(database!, keys, UInt64(count))
            }
        }
    }

    private static func time(_ operations: Int, _ body: () -> Void) -> Double {
        let took = ContinuousClock().measure(body).components
        return (Double(took.seconds) * 1e9 + Double(took.attoseconds) / 1e9) / Double(operations)
    }
}

/// Where the results of loops go, so that they are not left out.
nonisolated(unsafe) private var sink: UInt64 = 0
