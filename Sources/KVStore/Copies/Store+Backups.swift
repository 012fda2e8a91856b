public import SystemPackage

extension Store {
    /// The backups in a folder, the oldest first.
    ///
    /// Reads their lists of files, not the files: see ``verifyBackup(_:in:)``.
    ///
    /// - Throws: `.invalidArgument` for a path that has no backups; `.corruption` for a damaged list, naming its file:
    ///   the other backups can be restored by their numbers; `.busy` while a backup is being made or purged there;
    ///   `.formatTooNew`; `.ioError`.
    public static func backups(in folder: FilePath) throws(StoreError) -> [Backup] {
        if ForkedChild.isThisProcess { throw .forked(.backups) }
        let backups = try BackupFolder(folder.resolved(.backups), .reading, .backups)
        var result: [Backup] = []
        for number in try backups.numbers() { result.append(try backups.manifest(number).backup) }
        return result
    }

    /// Reads all files of a backup and checks that they hold what was put there, by size and SHA-256.
    ///
    /// - Parameters:
    ///   - number: which backup; the newest by default.
    ///   - folder: where it is.
    /// - Returns: the backup; that it returns is the good news.
    /// - Throws: `.corruption` at the first file that is damaged or missing, naming it; `.invalidArgument` when there
    ///   is no such backup; `.busy` while a backup is being made or purged there; `.formatTooNew`; `.ioError`.
    @discardableResult
    public static func verifyBackup(_ number: Int? = nil, in folder: FilePath) throws(StoreError) -> Backup {
        if ForkedChild.isThisProcess { throw .forked(.verifyBackup) }
        let backups = try BackupFolder(folder.resolved(.verifyBackup), .reading, .verifyBackup)
        let manifest = try backups.manifest(numbered: number)
        var checked: Set<FileDigest> = []
        for file in manifest.files where checked.insert(file.digest).inserted { try backups.check(file) }
        return manifest.backup
    }

    /// Makes the store of a backup, in a folder of its own.
    ///
    /// The files are copied and checked on the way, so that neither can damage the other. The store is made under a
    /// temporary name, put on disk, and renamed last: after a crash it is there whole or not at all, and what is left
    /// is removed by the next attempt at the same path. It is the store that was backed up as it was then, with its
    /// identity, and goes on with backups in the same folder. Nothing is ever overwritten: to put it in the place of a
    /// damaged store, move that away first.
    ///
    /// - Parameters:
    ///   - number: which backup; the newest by default.
    ///   - folder: where the backup is.
    ///   - path: a path where there is nothing, or an empty folder. Folders above it are made as needed. Not within the
    ///     folder of a store or of backups.
    /// - Throws: `.invalidArgument` for such a path, and when there is no such backup; `.corruption` for a file of the
    ///   backup that is damaged or missing, naming it; `.busy` while a backup is being made or purged there, or while
    ///   another call makes something at the path;
    ///   `.formatTooNew`; `.noSpace` and `.ioError` from the system. Nothing is left behind then.
    public static func restore(
        _ number: Int? = nil, from folder: FilePath, to path: FilePath
    ) throws(StoreError) {
        if ForkedChild.isThisProcess { throw .forked(.restore) }
        let (folder, path) = (try folder.resolved(.restore), try path.resolved(.restore))
        let backups = try BackupFolder(folder, .reading, .restore)
        let manifest = try backups.manifest(numbered: number)
        if path.isWithin(folder) {
            throw StoreError(.invalidArgument, .restore, path: path, "the path is within the folder of the backups")
        }
        let target = try StagedFolder(path, backups.identity(of: manifest), .restore)
        do throws(StoreError) {
            try StoreFiles.makeFolder(target.path.appending("namespaces"), .restore)
            for file in manifest.files where file.path != StoreDirectory.identityFile {
                let copy = target.path.appending(file.path)
                try StoreFiles.makeFolders(copy.removingLastComponent(), .restore)
                try backups.check(file, copyingTo: copy)
            }
            try target.publish()
        } catch {
            target.abandon()
            throw error
        }
    }

    /// Removes all backups in a folder but the newest, and frees the space of what only those had that are gone.
    ///
    /// After a crash on the way each backup is there whole or not at all.
    ///
    /// - Parameters:
    ///   - folder: where they are.
    ///   - count: how many are kept; at least 1.
    /// - Returns: the numbers of those that were removed. That there are no more than `count` is no error.
    /// - Throws: `.invalidArgument` for a path that has no backups, and for a count below 1; `.corruption` for a
    ///   damaged list of one that is to be kept, and nothing is removed then; `.busy` while its backups are being made,
    ///   read or purged elsewhere; `.formatTooNew`; `.ioError`.
    @discardableResult
    public static func purgeBackups(in folder: FilePath, keeping count: Int) throws(StoreError) -> [Int] {
        if ForkedChild.isThisProcess { throw .forked(.purgeBackups) }
        guard count >= 1 else {
            throw StoreError(
                .invalidArgument, .purgeBackups, path: folder,
                "the number of backups to keep is \(count), it must be at least 1; to remove all, remove the folder")
        }
        return try BackupFolder(folder.resolved(.purgeBackups), .writing, .purgeBackups).purge(keeping: count)
    }
}

// Each of these runs its synchronous namesake on an I/O thread while the task is suspended. A task that is cancelled
// before that begins throws `CancellationError`, and nothing is done; once it has begun, it finishes.
extension Store {
    /// The backups in a folder, the oldest first. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public static func backups(in folder: FilePath) async throws -> [Backup] {
        let folder = try folder.absolute(.backups)
        return try await StoreThreads.withoutStore.run { try Store.backups(in: folder) }
    }

    /// Reads all files of a backup and checks that they hold what was put there. Runs on an I/O thread while the task
    /// is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    @discardableResult
    public static func verifyBackup(_ number: Int? = nil, in folder: FilePath) async throws -> Backup {
        let folder = try folder.absolute(.verifyBackup)
        return try await StoreThreads.withoutStore.run { try Store.verifyBackup(number, in: folder) }
    }

    /// Makes the store of a backup, in a folder of its own. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public static func restore(_ number: Int? = nil, from folder: FilePath, to path: FilePath) async throws {
        let (folder, path) = (try folder.absolute(.restore), try path.absolute(.restore))
        try await StoreThreads.withoutStore.run { try Store.restore(number, from: folder, to: path) }
    }

    /// Removes all backups in a folder but the newest. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    @discardableResult
    public static func purgeBackups(in folder: FilePath, keeping count: Int) async throws -> [Int] {
        let folder = try folder.absolute(.purgeBackups)
        return try await StoreThreads.withoutStore.run { try Store.purgeBackups(in: folder, keeping: count) }
    }
}
