internal import SystemPackage

/// The files that the engine keeps in the folder of a database, by their names.
enum EngineFiles {
    /// Names the manifest; the file that a database cannot do without.
    static let current = "CURRENT"
    static let identity = "IDENTITY"
    static let lock = "LOCK"
    static let infoLog = "LOG"
    /// What manifests and options files are called, before their numbers.
    static let manifestPrefix = "MANIFEST-", optionsPrefix = "OPTIONS-"
    /// Where logs are kept that the memtables no longer need.
    static let archive = "archive"
    /// The ending of table files; files of that ending had another once, which the engine still names in errors.
    static let tableSuffix = ".sst", oldTableSuffix = ".ldb"

    static func isTable(_ name: String) -> Bool { name.hasSuffix(tableSuffix) }

    static func isLog(_ name: String) -> Bool { name.hasSuffix(".log") }

    /// The bytes of the write-ahead logs of a database that recovery reads; zero for what cannot be looked at.
    static func logSize(_ database: FilePath) -> UInt64 {
        let names = (try? StoreFiles.list(database, .open)) ?? []
        return names.filter(isLog).reduce(0) { $0 + (StoreFiles.size(database.appending($1)) ?? 0) }
    }

    /// Whether there is a database in a folder.
    static func hasDatabase(_ folder: FilePath) -> Bool { StoreFiles.exists(folder.appending(current)) }

    /// Whether it is the name of a file that no copy of a database needs.
    static func isLockOrInfoLog(_ name: String) -> Bool {
        name == lock || name.wholeMatch(of: /LOG(\.old(\.[0-9]+)?)?/) != nil
    }

    private static func isAny(_ name: String) -> Bool {
        [current, identity, lock].contains(name) || [manifestPrefix, optionsPrefix].contains { name.hasPrefix($0) }
            || isTable(name) || isLog(name) || [oldTableSuffix, ".blob"].contains { name.hasSuffix($0) }
    }

    /// Throws when the folder of a database is a link: the engine writes to and removes what its names lead to.
    static func checkLink(_ database: FilePath) throws(EngineFailure) {
        try EngineFailure.refusing { () throws(StoreError) in try StoreFiles.checkIsNoLink(database, .open) }
    }

    /// Refuses the folder of a database when the engine would wait for, follow or read without end what is in it: it opens
    /// what has the name of a file without asking what that is. A folder that is not there is for the engine to report.
    static func check(_ folder: FilePath, _ operation: StoreError.Operation) throws(StoreError) {
        guard StoreFiles.kind(folder) == .folder else { return }
        for place in [folder, folder.appending(archive)] where StoreFiles.kind(place) == .folder {
            for name in try StoreFiles.list(place, operation) {
                let path = place.appending(name)
                // Gone by now, where a writer works beside us.
                guard let kind = StoreFiles.kind(path) else { continue }
                if kind == .folder, !isAny(name) { continue }
                guard kind == .file else { throw StoreFiles.irregular(path, kind, operation) }
            }
        }
        // These the engine reads whole.
        for name in [current, identity] {
            let path = folder.appending(name)
            if let size = StoreFiles.size(path), size > 4096 { throw StoreFiles.tooLarge(path, operation) }
        }
    }
}
