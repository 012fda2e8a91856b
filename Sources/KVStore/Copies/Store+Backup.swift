internal import Glibc
public import SystemPackage

extension Store {
    /// Makes a backup of the whole store in a folder that may hold earlier ones, and writes only what those do not
    /// have.
    ///
    /// *Consistent across namespaces*, as ``checkpoint(to:)`` is: it begins with one, made of hard links in the folder
    /// of the store, and all calls on the store wait for as long as that takes. Reading and copying come after, while
    /// calls go on. Files are kept under the SHA-256 of what they hold, so that backups share what did not change, and
    /// `sha256sum` can check them. What a new backup shares with the last one is not read from the store again, but
    /// from the folder: that it is still what was put there, so that the new backup can be restored; what is not is
    /// written anew. The engine's own backup engine is not used: it knows one database, and could neither make all
    /// namespaces agree nor make them one backup.
    ///
    /// The folder may be on another file system, and should be on another disk. It belongs to the backups of one store.
    /// After a crash, or when the disk is full, the backup is there whole or not at all, and the earlier ones are as
    /// they were; what is left of it is removed by the next one. One backup at a time is made in a folder.
    ///
    /// A damaged table file of the store goes into the backup as it is: ``verify()`` the store now and then, and keep
    /// more than one backup.
    ///
    /// - Parameters:
    ///   - folder: an empty folder, one with backups of this store, or a path where there is nothing. Folders above it
    ///     are made as needed. Not within the folder of a store or of other backups, and not one that the store is in.
    ///   - checksShared: whether the files that it shares with the last backup are read and checked, which is the
    ///     default and takes the time of reading a whole backup. Without, their sizes are looked at: a backup then
    ///     takes the time of what is new, and may share a file that was damaged meanwhile; ``verifyBackup(_:in:)``
    ///     finds out.
    /// - Returns: the new backup, with how much was written for it.
    /// - Throws: `.invalidArgument` for such a folder, or for one with backups of another store; `.busy` while its
    ///   backups are being made, read or purged elsewhere; `.readOnly` for a store that is open for reading only;
    ///   `.ioError` and `.noSpace` from the system, also when a namespace has stopped taking writes: call its
    ///   `reopen()` first; `.corruption` when the list of the last backup is damaged; `.closed`.
    @discardableResult
    public func backup(to folder: FilePath, checksShared: Bool = true) throws(StoreError) -> Backup {
        let folder = try folder.resolved(.backup)
        try checkCopying(to: folder, .backup)
        guard folder.isEmpty || !path.isWithin(folder) else {
            throw StoreError(
                .invalidArgument, .backup, path: folder,
                "the store is within the folder; backups are in one of their own")
        }
        let backups = try BackupFolder(folder, .creating, .backup)
        let last = try lastBackup(in: backups)
        let staging = try WorkFolder(path.appending(StoreDirectory.stagingPrefix + UniqueID.make()), .backup)
        defer { staging.remove() }
        try StoreCopy(self, staging.path, .backup).make()
        do throws(StoreError) {
            let manifest = try add(staging.path, to: backups, after: last, checksShared)
            // What is unused costs space, not the backup.
            try? backups.removeUnused()
            return manifest.backup
        } catch {
            try? backups.removeUnused()
            throw error
        }
    }

    /// Makes a backup of the whole store. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    @discardableResult
    public func backup(to folder: FilePath, checksShared: Bool = true) async throws -> Backup {
        let folder = try folder.absolute(.backup)
        return try await threads.maintenance.run { try self.backup(to: folder, checksShared: checksShared) }
    }

    /// The newest backup in the folder, which has to be of this store.
    private func lastBackup(in backups: BackupFolder) throws(StoreError) -> BackupManifest? {
        guard let number = try backups.numbers().last else { return nil }
        let last = try backups.manifest(number)
        guard last.store == (try directory.identity()).id else {
            throw StoreError(
                .invalidArgument, .backup, path: backups.path,
                "the folder has backups of another store; give each store a folder of its own")
        }
        // Found out before anything is done.
        _ = try backups.number(after: number)
        return last
    }

    private func add(
        _ staging: FilePath, to backups: BackupFolder, after last: BackupManifest?, _ checksShared: Bool
    ) throws(StoreError) -> BackupManifest {
        var known: [String: BackupManifest.File] = [:]
        for file in last?.files ?? [] { known[file.path] = file }
        var files: [BackupManifest.File] = []
        var addedSize: UInt64 = 0
        let identity = StoreDirectory.identityFile
        for name in [identity] + (try StoreFiles.tree(staging, .backup)) where name != WorkFolder.mark {
            let path = (name == identity ? self.path : staging).appending(name)
            guard let stamp = FileStamp(path) else {
                throw StoreFiles.failure(.backup, path, "read the size of the file")
            }
            // The engine never changes a table file, and never gives its name to another.
            if let file = known[name], EngineFiles.isTable(name), file.stamp == stamp,
                try backups.holds(file.digest, checking: checksShared)
            {
                files.append(file)
                continue
            }
            let (digest, isNew) = try backups.add(path)
            files.append(BackupManifest.File(path: name, digest: digest, stamp: stamp))
            if isNew { addedSize += digest.size }
        }
        try backups.syncFiles()
        let manifest = BackupManifest(
            number: try backups.number(after: last?.number), created: time(nil), store: try directory.identity().id,
            addedSize: addedSize, files: files)
        try backups.publish(manifest)
        return manifest
    }

    /// Removes what backups that a crash cut short have left in the folder of the store. Called while nobody makes one.
    func removeStagings() throws(StoreError) {
        for name in try StoreFiles.list(path, .open) {
            if StoreDirectory.isStaging(name) { WorkFolder.removeLeftover(path.appending(name), .open) }
        }
        try WorkFolder.removeMark(from: path, .open)
    }
}
