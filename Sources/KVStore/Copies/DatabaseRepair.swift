internal import SystemPackage

/// Makes a database of what can be read of a damaged one, in another folder.
struct DatabaseRepair {
    struct Result {
        var outcome: RepairReport.Outcome
        var damage: String?
        var entries = 0
        var sequence: UInt64 = 0
        var unusableFiles: [String] = []
    }

    private let source: FilePath
    private let target: FilePath
    private let tuning: Tuning
    private let format: ValueFormat
    /// What the database was known to have on disk.
    private let promise: RecoveryWatermark

    init(
        from source: FilePath, to target: FilePath, _ tuning: Tuning, _ format: ValueFormat, promise: RecoveryWatermark
    ) {
        self.source = source
        self.target = target
        self.tuning = tuning
        self.format = format
        self.promise = promise
    }

    func run() throws(StoreError) -> Result {
        guard StoreFiles.isDirectory(source) else {
            return Result(outcome: .lost, damage: "the folder of the database is missing")
        }
        let unreadable = try copy()
        var damage = unreadable.isEmpty ? nil : "files could not be read from disk"
        if try LogStandstill.mendLogs(of: target, .repair) {
            damage = damage ?? "a log has records of a kind that has no place there"
        }
        var result = try salvage(damagedCopy: damage)
        result.unusableFiles = (unreadable + result.unusableFiles).sorted()
        if result.outcome != .lost { try adoptCommits(&result) }
        if result.outcome == .lost { try StoreFiles.remove(target, .repair) }
        return result
    }

    /// Has the next opening hand on the commits that had gathered, as far as they follow on.
    private func adoptCommits(_ result: inout Result) throws(StoreError) {
        do throws(EngineFailure) {
            try CommitBufferFile.adopt(in: target)
        } catch {
            try StoreFiles.remove(target.appending(CommitBufferFile.name), .repair)
            result.damage = result.damage ?? error.text
            result.unusableFiles.append(CommitBufferFile.name)
            if result.outcome == .intact || result.outcome == .complete { result.outcome = .shortened }
        }
    }

    // MARK: Copying

    /// Copies the files of the database.
    ///
    /// - Returns: the names of those that cannot be read.
    private func copy() throws(StoreError) -> [String] {
        try StoreFiles.makeFolder(target, .repair)
        var unreadable: [String] = []
        for name in try StoreFiles.list(source, .repair) where !EngineFiles.isLockOrInfoLog(name) {
            let (file, copy) = (source.appending(name), target.appending(name))
            let kind = StoreFiles.kind(file)
            if kind == .folder { continue }
            guard kind == .file else {
                unreadable.append(name)
                continue
            }
            do throws(StoreError) {
                if EngineFiles.isTable(name) {
                    // Never changed, by the engine's repair neither.
                    try StoreFiles.linkOrCopy(file, to: copy, .repair)
                } else {
                    _ = try FileDigest(reading: file, copyingTo: copy, .repair)
                }
            } catch {
                // A disk that cannot be read is what this is for; one that cannot be written is not.
                guard error.code == .ioError, error.path == file else { throw error }
                try StoreFiles.remove(copy, .repair)
                unreadable.append(name)
            }
        }
        return unreadable
    }

    // MARK: Finding out what is there

    private struct Content {
        let entries: Int
        let sequence: UInt64
    }

    /// Reads everything in the copy.
    private func read(atLeast sequence: UInt64) throws(EngineFailure) -> Content {
        let options = DatabaseOptions(
            tuning, cache: BlockCache(capacity: ByteCount(0)), mode: .readOnly, format: format)
        options.readEveryVersion()
        let reader = try Database(path: target.string, options: options, mode: .readOnly)
        let verification = try DatabaseVerification(reader, of: nil, atLeast: sequence)
        return Content(entries: verification.entries, sequence: reader.latestSequence)
    }

    /// Reads the copy, which has to be what was promised.
    private func readWhole() throws(EngineFailure) -> Content {
        if let complaint = promise.manifest?.complaint(target) { throw .refused(.corruption, complaint) }
        return try read(atLeast: promise.sequence)
    }

    private func salvage(damagedCopy: String?) throws(StoreError) -> Result {
        var damage = damagedCopy
        func attempt(
            _ outcome: RepairReport.Outcome, _ read: () throws(EngineFailure) -> Content
        ) -> Result? {
            do throws(EngineFailure) {
                let content = try read()
                return Result(
                    outcome: outcome, damage: damage, entries: content.entries, sequence: content.sequence)
            } catch {
                if damage == nil { damage = error.text }
                return nil
            }
        }
        if let whole = attempt(damage == nil ? .intact : .complete, readWhole) { return whole }
        if let named = try nameManifest({ attempt(.complete, readWhole) }) { return named }
        // Not when the manifest is known to lack files: the engine would remove them as none of its own.
        if promise.manifest?.complaint(target) == nil,
            var older = attempt(.shortened, { () throws(EngineFailure) in try read(atLeast: 0) })
        {
            if try !isPrefix(endingAt: older.sequence) { older.outcome = .gapped }
            return older
        }
        return try rebuild(damage)
    }

    /// Whether what is there up to a number is known to lack nothing before it.
    ///
    /// It does when the log went beyond all that the table files have, or begins behind them: what is lost came later.
    /// Else a table file may have been loaded after commits that the log has lost.
    private func isPrefix(endingAt sequence: UInt64) throws(StoreError) -> Bool {
        let logs = try StoreFiles.list(target, .repair).filter { EngineFiles.isLog($0) }
        guard let listed = try sequenceWithout(logs) else { return false }
        if sequence > listed || listed == 0 { return true }
        let begun = try logs.map { (name) throws(StoreError) in
            try LogFile.firstSequence(target.appending(name), .repair)
        }
        return !begun.isEmpty && begun.allSatisfy { $0.map { $0 > listed } ?? false }
    }

    /// The number that the table files alone have; nil when they cannot be opened without the logs.
    private func sequenceWithout(_ logs: [String]) throws(StoreError) -> UInt64? {
        let aside = target.appending("logs")
        try StoreFiles.makeFolder(aside, .repair)
        for name in logs { try StoreFiles.rename(target.appending(name), to: aside.appending(name), .repair) }
        let options = DatabaseOptions(
            tuning, cache: BlockCache(capacity: ByteCount(0)), mode: .readOnly, format: format)
        let sequence = (try? Database(path: target.string, options: options, mode: .readOnly))?.latestSequence
        for name in logs { try StoreFiles.rename(aside.appending(name), to: target.appending(name), .repair) }
        try StoreFiles.remove(aside, .repair)
        return sequence
    }

    // MARK: Mending

    /// Has CURRENT name each manifest that is there, the newest first, until `attempt` succeeds.
    private func nameManifest(_ attempt: () -> Result?) throws(StoreError) -> Result? {
        let current = target.appending(EngineFiles.current)
        let named = try? StoreFiles.read(current, .repair)
        let manifests = try StoreFiles.list(target, .repair).filter { $0.wholeMatch(of: /MANIFEST-[0-9]+/) != nil }
        for manifest in manifests.sorted().reversed() {
            try StoreFiles.remove(current, .repair)
            try StoreFiles.write(manifest + "\n", to: current, .repair)
            if let result = attempt() { return result }
        }
        try StoreFiles.remove(current, .repair)
        if let named { try StoreFiles.write(String(decoding: named, as: UTF8.self), to: current, .repair) }
        return nil
    }

    /// Has the engine make a database of the table files and logs, without those that cannot be read.
    private func rebuild(_ damage: String?) throws(StoreError) -> Result {
        let lost = target.appending("lost")
        try StoreFiles.makeFolder(lost, .repair)
        let tables = try StoreFiles.list(target, .repair).count { EngineFiles.isTable($0) }
        var result = Result(outcome: .lost, damage: damage)
        // Once, and again for each file in which only reading all of it finds damage.
        for _ in 0...tables {
            do throws(EngineFailure) {
                let options = DatabaseOptions(
                    tuning, cache: BlockCache(capacity: ByteCount(0)), mode: .create, format: format)
                try Database.rebuild(target.string, options)
                let content = try read(atLeast: 0)
                result = Result(
                    outcome: .salvaged, damage: damage, entries: content.entries, sequence: content.sequence)
                break
            } catch {
                guard let file = error.file(in: target), let name = file.lastComponent?.string,
                    EngineFiles.isTable(name),
                    StoreFiles.exists(file)
                else { break }
                try StoreFiles.rename(file, to: lost.appending(name), .repair)
            }
        }
        result.unusableFiles = try StoreFiles.list(lost, .repair).filter { EngineFiles.isTable($0) }
        try StoreFiles.remove(lost, .repair)
        for name in try StoreFiles.list(target, .repair) where EngineFiles.isLockOrInfoLog(name) {
            try StoreFiles.remove(target.appending(name), .repair)
        }
        return result
    }
}

extension EngineFailure {
    /// What went wrong.
    fileprivate var text: String {
        switch self {
        case .status(let text), .refused(_, let text), .changesMissing(let text, _): text
        }
    }
}
