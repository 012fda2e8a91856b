internal import SystemPackage

/// Damage to a log or a manifest that newer engines do not get past: they try the same record again, for ever.
///
/// The kind of a record tells whether its file was in use before under another number. Where the first record was not of
/// such a kind, one that is has the engine begin with it anew; a single bit of the kind is enough. See
/// ``EngineFeatures/standsStillAtLogDamage``.
enum LogStandstill {
    /// Has the engine get to the end of the logs of a database that is about to be opened: see ``mendLogs(of:_:)``. Throws
    /// for a reader, who changes nothing.
    static func prepareLogs(of database: FilePath, isReader: Bool) throws(EngineFailure) {
        guard EngineFeatures.standsStillAtLogDamage else { return }
        try EngineFailure.refusing { () throws(StoreError) in
            if isReader {
                try inLogs(of: database, .open) { (log, place) throws(StoreError) in throw damage(log, place) }
            } else {
                try mendLogs(of: database, .open)
            }
        }
    }

    /// Throws when the engine would not get to the end of the manifest of a database.
    static func checkManifest(of database: FilePath) throws(EngineFailure) {
        guard EngineFeatures.standsStillAtLogDamage, let name = ManifestExtent.current(database)?.name else { return }
        try EngineFailure.refusing { () throws(StoreError) in
            let manifest = database.appending(name)
            if let place = find(in: manifest) { throw damage(manifest, place) }
        }
    }

    /// Changes the kinds of such records in logs: the engine then takes them for damaged, or for what they were, if
    /// nothing else is wrong with them.
    ///
    /// - Returns: whether there was something to change.
    @discardableResult
    static func mendLogs(of database: FilePath, _ operation: StoreError.Operation) throws(StoreError) -> Bool {
        guard EngineFeatures.standsStillAtLogDamage else { return false }
        var isChanged = false
        try inLogs(of: database, operation) { (log, place) throws(StoreError) in
            try StoreFiles.write([LogRecordKind.full], to: log, at: place, operation)
            isChanged = true
        }
        return isChanged
    }

    static func damage(_ file: FilePath, _ place: UInt64) -> StoreError {
        StoreError(
            .corruption, .open, path: file,
            "\(file.lastComponent?.string ?? "a file") is damaged at byte \(place): the kind of the record there has no place "
                + "in it; restore it from a backup")
    }

    private static func inLogs(
        of database: FilePath, _ operation: StoreError.Operation, _ body: (FilePath, UInt64) throws(StoreError) -> Void
    ) throws(StoreError) {
        guard StoreFiles.isDirectory(database) else { return }
        for name in try StoreFiles.list(database, operation) where EngineFiles.isLog(name) {
            let log = database.appending(name)
            while let place = find(in: log) { try body(log, place) }
        }
    }

    /// The place in a file of the kind of a record that the engine would not get past; nil when there is none, or the
    /// file cannot be read, which the engine will say.
    static func find(in file: FilePath) -> UInt64? {
        var isSuspicious = false
        try? StoreFiles.readStart(of: file, .max, .open) { if LogWalk.isSuspicious($0) { isSuspicious = true } }
        guard isSuspicious else { return nil }
        var walk = LogWalk()
        try? StoreFiles.readStart(of: file, .max, .open) { walk.read($0) }
        return walk.standstill
    }
}
