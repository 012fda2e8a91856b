public import SystemPackage

extension Store {
    /// Makes a store of what can still be read of a damaged one, in a folder of its own.
    ///
    /// The damaged store is not changed: nothing here can make it worse, and another attempt, other tools, or a backup
    /// remain possible. Restoring a backup is the better way where there is one; this is for what came after it.
    ///
    /// Each database is copied (table files as hard links where the target is on the same file system) and read to the
    /// end, all checksums included. One that is whole stays as it is. For one that is not, in this order, until all of
    /// the result can be read:
    /// 1. the file CURRENT is made to name a manifest that is there, with nothing lost;
    /// 2. the engine opens it up to the first damage in its log or manifest: the newest commits are missing, and
    ///    nothing else unless entries were loaded past the log since;
    /// 3. the engine's own repair collects all table files and logs that can be read. A table file with one damaged
    ///    block is left out whole, and so are damaged records of logs: any commit may be missing, in part too, and what
    ///    was deleted or overwritten may be back. RocksDB: `RepairDB`.
    ///
    /// What ``RepairReport/Outcome`` says of each is exact in this sense. The namespaces are those that the catalog
    /// tells, and those whose folders it does not know: they are named `recovered-` and the folder's number, have the
    /// merge operator that the engine's options file names, and with a time to live (which it does not tell) keep the
    /// entries that they have for as long as those had left.
    ///
    /// ```swift
    /// let report = try Store.repair(at: "/var/lib/app", to: "/var/lib/app-repaired")
    /// for part in report.parts { print(part.namespace, part.outcome, part.damage ?? "") }
    /// ```
    ///
    /// The result is made under a temporary name, put on disk and renamed last: after a crash it is there whole or not
    /// at all. It has the identity of the damaged store, if that can be read. Takes the time of reading everything once
    /// or a few times, and the memory of the logs.
    ///
    /// - Parameters:
    ///   - path: the damaged store. Nobody may have it open.
    ///   - target: a path where there is nothing, or an empty folder. Not within the folder of a store or of backups.
    ///   - configuration: for its merge operators, and tunings.
    /// - Returns: what was found and made. That much is lost is not an error.
    /// - Throws: `.notAStore` for a folder that has no databases; `.alreadyOpen`; `.busy` while another call makes
    ///   something at the target; `.invalidArgument` for such a target, for
    ///   a store with the layout ``StoreLayout/singleDatabase``, which has to be restored from a backup, and when a
    ///   namespace has a merge operator that is not among the configuration's; `.formatTooNew`; `.noSpace` and
    ///   `.ioError` from the system, but not for reading a file of the damaged store: that file is left out.
    @discardableResult
    public static func repair(
        at path: FilePath, to target: FilePath, configuration: StoreConfiguration = StoreConfiguration()
    ) throws(StoreError) -> RepairReport {
        if ForkedChild.isThisProcess { throw .forked(.repair) }
        try configuration.validate()
        return try StoreRepair(path.resolved(.repair), target.resolved(.repair), configuration).run()
    }

    /// Makes a store of what can still be read of a damaged one. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    @discardableResult
    public static func repair(
        at path: FilePath, to target: FilePath, configuration: StoreConfiguration = StoreConfiguration()
    ) async throws -> RepairReport {
        let (path, target) = (try path.absolute(.repair), try target.absolute(.repair))
        return try await StoreThreads.withoutStore.run {
            try Store.repair(at: path, to: target, configuration: configuration)
        }
    }
}
