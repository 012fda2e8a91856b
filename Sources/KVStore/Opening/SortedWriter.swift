internal import SystemPackage

/// Writes sorted entries into one table file after another.
struct SortedWriter: ~Copyable {
    private let folder: FilePath
    private let columnFamily: ColumnFamily
    private let context: ErrorContext
    private var file: TableFileWriter?
    private var fileSize = 0
    private var files: [String] = []
    private var count = 0
    private var last: [UInt8] = []
    /// About what the engine itself makes its files of.
    private static let fileLimit = ByteCount.mebibytes(64).bytes

    init(_ folder: FilePath, _ columnFamily: ColumnFamily, _ context: ErrorContext) {
        self.folder = folder
        self.columnFamily = columnFamily
        self.context = context
    }

    mutating func add(_ key: RawSpan, _ value: RawSpan) throws(StoreError) {
        let isAbove = key.withUnsafeBytes { last.lexicographicallyPrecedes($0) }
        guard count == 0 || isAbove else {
            throw context.error(
                .invalidArgument, .ingest,
                "the key of entry \(count) (the first being 0) is not above the one before; nothing was written")
        }
        last = Array(key)
        count += 1
        do throws(EngineFailure) {
            if columnFamily.trailerSize == 0 {
                try addStored(key, value)
            } else {
                try addStored(key, (Array(value) + columnFamily.format.trailer).span.bytes)
            }
        } catch {
            throw context.error(error, .ingest)
        }
    }

    /// Adds an entry above the last, its value as it is to stand in the database.
    mutating func addStored(_ key: RawSpan, _ stored: RawSpan) throws(EngineFailure) {
        if fileSize >= Self.fileLimit { try endFile() }
        if file == nil { try beginFile() }
        try file?.put(key, stored)
        fileSize += key.byteCount + stored.byteCount
    }

    consuming func finish() throws(StoreError) -> (files: [String], count: Int) {
        do throws(EngineFailure) {
            try endFile()
        } catch {
            throw context.error(error, .ingest)
        }
        return (files, count)
    }

    private mutating func beginFile() throws(EngineFailure) {
        let path = folder.appending("\(files.count)\(EngineFiles.tableSuffix)").string
        file = try TableFileWriter(path: path, columnFamily.options)
        files.append(path)
        fileSize = 0
    }

    private mutating func endFile() throws(EngineFailure) {
        try file?.finish()
        file = nil
        fileSize = 0
    }
}
