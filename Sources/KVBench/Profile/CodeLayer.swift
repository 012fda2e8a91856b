/// Whose code a function is.
enum CodeLayer: Int, CaseIterable, Sendable {
    /// This library.
    case library
    /// What loads it: kvbench itself, or the program that was attached to.
    case load
    /// RocksDB with its codecs, or another database.
    case engine
    /// The operating system.
    case kernel
    /// The runtimes and standard libraries of C, C++ and Swift.
    case runtime

    /// What a reader sees.
    var name: String {
        switch self {
        case .library: "this library"
        case .load: "the load"
        case .engine: "the engine"
        case .kernel: "the kernel"
        case .runtime: "runtimes"
        }
    }

    /// The layer of a function by the symbol as the linker knows it, or as it reads in C++, and the file that it is in.
    init(symbol: Substring, file: Substring) {
        if file.hasPrefix("[") || symbol.hasSuffix("_[k]") {
            self = file.hasPrefix("[unknown") || file.hasPrefix("[vdso") ? .runtime : .kernel
        } else if let module = SwiftSymbol.module(symbol) {
            self = module.hasPrefix("KVStore") ? .library : Self.isRuntime(module) ? .runtime : .load
        } else if Self.isEngine(symbol) || Self.engineFiles.contains(where: { file.contains($0) }) {
            self = .engine
        } else if symbol.hasPrefix("kvstore_") {
            self = .library
        } else {
            self = .runtime
        }
    }

    private static let engineFiles = ["librocksdb", "libsqlite3", "liblmdb", "libpq.", "/postgres"]
    private static let engineSymbols = [
        "rocksdb", "(anonymous namespace)::rocksdb", "LZ4", "ZSTD", "HUF_", "FSE_", "snappy", "BZ2_", "XXH", "inflate",
        "deflate", "sqlite3", "mdb_", "PQ", "crc32c",
    ]

    private static func isEngine(_ symbol: Substring) -> Bool {
        if engineSymbols.contains(where: { symbol.hasPrefix($0) }) { return true }
        // `_ZN7rocksdb`, `void rocksdb::f`, `non-virtual thunk to rocksdb::f`, but not `std::vector<rocksdb::T>::push_back`.
        guard let end = symbol.firstIndex(of: "<") else { return symbol.contains("rocksdb") }
        return symbol[..<end].contains("rocksdb")
    }

    /// Modules of Swift that nobody here wrote.
    private static func isRuntime(_ module: String) -> Bool {
        module == "Swift" || module.hasPrefix("Foundation") || module.hasPrefix("_") || module == "Dispatch"
            || module.hasPrefix("System") || module == "Synchronization" || module == "Glibc"
            || module == "ArgumentParser"
    }
}
