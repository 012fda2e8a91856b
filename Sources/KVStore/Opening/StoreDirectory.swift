internal import SystemPackage

/// The folder of a store: `STORE`, `LOCK`, `metadata/`, and `namespaces/`, which holds a database for each namespace,
/// `<id>/`, or is one database.
///
/// A store is made whole or not at all: `STORE.new` is written first and renamed to `STORE` when all else is there. A
/// folder with `STORE.new` and no `STORE` is one whose making was cut short; nothing in it was ever acknowledged, and
/// it is made afresh.
struct StoreDirectory: Sendable {
    let path: FilePath
    /// Nil for who reads only.
    let lock: StoreLockHold?
    /// Whether the store is being made: `finishCreation` has to be called.
    let isNew: Bool
    let layout: StoreLayout
    /// The folders that were not there: the store's own, and those above it.
    var made: [FilePath] = []
    /// For removing it again.
    var spare: SpareDescriptors?

    var metadata: FilePath { path.appending("metadata") }
    var namespaces: FilePath { path.appending("namespaces") }
    /// The file that says which store it is.
    static let identityFile = "STORE"
    private static let promises = [MetadataWatermark.file, MetadataWatermark.file + ".new"]
    private var identityFile: FilePath { path.appending(Self.identityFile) }
    private var newIdentityFile: FilePath { path.appending("STORE.new") }

    func namespace(id: UInt64) -> FilePath { namespaces.appending(String(id)) }

    /// Finds the store in the folder `path`, or begins to make one.
    ///
    /// - Parameter layout: what it shall have; nil for what it has, or separate databases for one that is made.
    static func open(
        _ path: FilePath, createIfMissing: Bool, layout: StoreLayout?
    ) throws(StoreError) -> StoreDirectory {
        try check(path, createIfMissing: createIfMissing)
        let isMissing = createIfMissing && !StoreFiles.exists(path.appending(identityFile))
        let spare = isMissing ? try SpareDescriptors(path, .open) : nil
        let made = isMissing ? try StoreFiles.makeFolders(path, .open) : []
        do throws(StoreError) {
            return try open(path, made, spare, createIfMissing: createIfMissing, layout: layout)
        } catch {
            spare?.release()
            StoreFiles.removeEmpty(made)
            throw error
        }
    }

    private static func open(
        _ path: FilePath, _ made: [FilePath], _ spare: SpareDescriptors?, createIfMissing: Bool, layout: StoreLayout?
    ) throws(StoreError) -> StoreDirectory {
        let lock = try StoreLockHold(path)
        do throws(StoreError) {
            // Whatever has the name: only where nothing has it may a store be made.
            let isNew = StoreFiles.kind(path.appending(identityFile)) == nil
            let identity = try isNew ? StoreIdentity.make(layout ?? .separateDatabases) : identity(path, layout)
            let directory = StoreDirectory(
                path: path, lock: lock, isNew: isNew, layout: identity.layout, made: made, spare: spare)
            try directory.checkLinks()
            guard isNew else { return directory }
            // Once more, now that nobody else makes or unmakes it.
            try check(path, createIfMissing: createIfMissing)
            do throws(StoreError) {
                try directory.beginCreation(identity)
            } catch {
                directory.abandon(lock.current)
                throw error
            }
            return directory
        } catch {
            lock.current?.removeIfNew()
            throw error
        }
    }

    /// Its folders are within it.
    private func checkLinks() throws(StoreError) {
        for folder in [metadata, namespaces] { try StoreFiles.checkIsNoLink(folder, .open) }
    }

    /// Refuses what is no store before anything is touched.
    private static func check(_ path: FilePath, createIfMissing: Bool) throws(StoreError) {
        func refuse(_ message: String) -> StoreError { StoreError(.notAStore, .open, path: path, message) }
        guard !path.isEmpty else { throw StoreError(.invalidArgument, .open, "the path of the store is empty") }
        guard StoreFiles.exists(path) else {
            if createIfMissing { return try path.checkIsNobodys(.open) }
            throw refuse("there is nothing here, and the configuration says not to create a store")
        }
        guard StoreFiles.isDirectory(path) else { throw refuse("this is a file; a store is a folder of its own") }
        let names = try StoreFiles.list(path, .open)
        if names.contains("STORE") { return }
        guard names.allSatisfy(leftovers(in: path, names).contains) else {
            throw refuse(
                "the folder holds other things and no STORE file; give an empty folder or the folder of a store")
        }
        guard createIfMissing else {
            throw refuse("there is no store here, and the configuration says not to create one")
        }
        try path.checkIsNobodys(.open)
    }

    /// What may be in a folder in which a store is to be made. More than an empty one has is what a making that was cut
    /// short left, if what stands in `STORE.new` is ours.
    private static func leftovers(in path: FilePath, _ names: [String]) -> Set<String> {
        let always: Set = ["LOCK", "lost+found"]
        let file = path.appending("STORE.new")
        guard StoreFiles.kind(file) == .file, let size = StoreFiles.size(file), size <= 4096,
            let bytes = try? StoreFiles.read(file, .open)
        else { return always }
        // It is on disk before the folders are made: an empty one, or one that a power cut left of zeros, is alone.
        if bytes.allSatisfy({ $0 == 0 }) { return always.union(["STORE.new"]) }
        let head = Array("KVStore ".utf8)
        guard bytes.starts(with: head) || head.starts(with: bytes) else { return always }
        return always.union(["STORE.new", "metadata", "namespaces"] + promises)
    }

    /// Finds the store in the folder `path` for who reads beside a writer: nothing is created and no lock is taken.
    static func openForReading(_ path: FilePath, layout: StoreLayout?) throws(StoreError) -> StoreDirectory {
        try check(path, createIfMissing: false)
        guard StoreFiles.kind(path.appending("STORE")) != nil else {
            throw StoreError(
                .notAStore, .open, path: path,
                "a store is being made here, or its making was cut short; open it to write"
            )
        }
        let directory = StoreDirectory(
            path: path, lock: nil, isNew: false, layout: try identity(path, layout).layout)
        try directory.checkLinks()
        return directory
    }

    func identity() throws(StoreError) -> StoreIdentity { try Self.identity(path, nil) }

    /// - Parameter layout: what it has to have; nil for any.
    private static func identity(_ path: FilePath, _ layout: StoreLayout?) throws(StoreError) -> StoreIdentity {
        let file = path.appending("STORE")
        let identity = try StoreIdentity(StoreFiles.read(file, .open), path: file)
        guard layout == nil || layout == identity.layout else {
            throw StoreError(
                .invalidArgument, .open, path: path,
                "the store has the layout \(identity.layout), the configuration says \(layout ?? identity.layout); leave the "
                    + "configuration's layout nil to open it as it is, or make a store of the other one with copy(to:layout:)"
            )
        }
        return identity
    }

    private func beginCreation(_ identity: StoreIdentity) throws(StoreError) {
        // Nothing that an interrupted making left was ever in use.
        try StoreFiles.remove(metadata, .open)
        try StoreFiles.remove(namespaces, .open)
        try StoreFiles.write(identity.text, to: newIdentityFile, .open)
        try StoreFiles.syncFolder(path, .open)
        try StoreFiles.makeFolder(namespaces, .open)
        try StoreFiles.makeFolder(metadata, .open)
    }

    /// To be called when the metadata database is there.
    func finishCreation() throws(StoreError) {
        try StoreFiles.syncFolder(metadata, .open)
        try StoreFiles.rename(newIdentityFile, to: identityFile, .open)
        try StoreFiles.syncFolder(path, .open)
    }
    /// Removes what was made of a store whose opening fails.
    ///
    /// - Parameter lock: held, also when the handle of the store has let go of it.
    func abandon(_ lock: StoreLock?) {
        guard let lock else { return }
        spare?.release()
        if isNew {
            // As long as anything is left, it is one whose making was cut short.
            try? StoreFiles.rename(identityFile, to: newIdentityFile, .open)
            for entry in Self.promises + ["metadata", "namespaces", "STORE.new"] {
                try? StoreFiles.remove(path.appending(entry), .open)
            }
        }
        lock.removeIfNew()
        StoreFiles.removeEmpty(made)
    }
}

extension StoreDirectory {
    static let stagingPrefix = "backup-"

    /// Whether it is the name of a folder in which a backup is prepared.
    static func isStaging(_ name: String) -> Bool {
        guard name.hasPrefix(stagingPrefix) else { return false }
        let id = name.dropFirst(stagingPrefix.count)
        return UniqueID.isOne(id) && id == id.uppercased()
    }
}
