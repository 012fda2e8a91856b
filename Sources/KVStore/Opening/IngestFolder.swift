internal import SystemPackage

/// The folder in a database's folder in which loads write their table files, each in a folder of its own.
enum IngestFolder {
    static let name = "ingest"

    /// Makes a folder for a load into a database.
    static func make(in database: FilePath) throws(StoreError) -> FilePath {
        let all = database.appending(name)
        let folder = all.appending(UniqueID.make())
        try StoreFiles.makeFolder(all, .ingest)
        try StoreFiles.makeFolder(folder, .ingest)
        return folder
    }

    /// Removes what loads that a crash cut short have left: the folder in the database's, whose name is ours. Called
    /// while none is running.
    static func removeLeftovers(in database: FilePath) throws(StoreError) {
        try StoreFiles.checkIsNoLink(database, .open)
        try StoreFiles.remove(database.appending(name), .open)
    }
}
