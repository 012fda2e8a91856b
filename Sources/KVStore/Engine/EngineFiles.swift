internal import SystemPackage

/// What is known of the files that the engine keeps in the folder of a database.
enum EngineFiles {
    /// Whether it is the name of a file that no copy of a database needs.
    static func isLockOrInfoLog(_ name: String) -> Bool {
        name == "LOCK" || name.wholeMatch(of: /LOG(\.old(\.[0-9]+)?)?/) != nil
    }

    /// Throws when the folder of a database is a link: the engine writes to and removes what its names lead to.
    static func checkLink(_ database: FilePath) throws(EngineFailure) {
        do throws(StoreError) {
            try StoreFiles.checkIsNoLink(database, .open)
        } catch {
            throw .refused(error.code, error.message)
        }
    }
}
