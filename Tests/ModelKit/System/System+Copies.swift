internal import Foundation
internal import KVStore
internal import SystemPackage

extension System {
    /// Copies the store, by a checkpoint, by a backup that is restored or to the other layout, and goes on with the
    /// copy when it is asked for.
    func copy(_ operation: Operation) throws -> Outcome {
        copies += 1
        let target = place("copy-\(copies)")
        goHome()
        let (current, backups, old) = (store, backups, layout)
        let isConverted = operation.kind == .copy && operation.isReversed
        let layout = isConverted ? old.other : nil
        switch (operation.kind, operation.isAsync) {
        case (.checkpoint, false): try current.checkpoint(to: target)
        case (.checkpoint, true): try blocking { try await current.checkpoint(to: target) }
        case (.copy, false): try current.copy(to: target, layout: layout)
        case (.copy, true): try blocking { try await current.copy(to: target, layout: layout) }
        case (_, false):
            _ = try current.backup(to: backups)
            _ = try Store.verifyBackup(in: backups)
            try Store.restore(from: backups, to: target)
            if copies.isMultiple(of: 3) { _ = try Store.purgeBackups(in: backups, keeping: 1) }
        case (_, true):
            try blocking {
                _ = try await current.backup(to: backups)
                try await Store.restore(from: backups, to: target)
            }
        }
        self.layout = layout ?? old
        let copy = try Store.open(at: target, configuration: configuration())
        let outcome = content(of: copy)
        let obsolete: FilePath
        if operation.count > 0 {
            releaseReaders()
            follower = nil
            try store.close()
            obsolete = folder
            isInMemory = false
            // The numbers of commits begin anew.
            if isConverted {
                marks = [:]
                readers = [:]
            }
            // Those that are there are of another store.
            self.backups = place("backups-\(copies)")
            folder = target
            store = copy
            try findNamespaces()
        } else {
            try copy.close()
            self.layout = old
            obsolete = target
        }
        try remove(obsolete)
        return outcome
    }

    private func remove(_ obsolete: FilePath) throws {
        let path = base.pushing(obsolete).string
        if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
    }

    /// Repairs the store, of which one list of files may be lost, and goes on with what comes of that.
    func repair(_ operation: Operation) throws -> Outcome {
        if isInMemory { return .skipped }
        copies += 1
        releaseReaders()
        follower = nil
        try store.close()
        goHome()
        if operation.count > 0, layout == .separateDatabases { try loseFileList() }
        let target = place("copy-\(copies)")
        var outcome: Outcome?
        do {
            let report = try Store.repair(at: folder, to: target, configuration: configuration())
            if operation.count == 0, !report.isComplete { outcome = .failed("\(report)") }
        } catch {
            outcome = failure(error)
        }
        if outcome == nil {
            try remove(folder)
            folder = target
            marks = [:]
            readers = [:]
            backups = place("backups-\(copies)")
        }
        store = try Store.open(at: folder, configuration: configuration())
        try findNamespaces()
        return outcome ?? content(of: store)
    }

    /// Has all of the first namespace in table files that do not overlap, and loses the list of them.
    private func loseFileList() throws {
        let store = try Store.open(at: folder, configuration: configuration())
        guard try store.namespaces().contains(where: { $0.name == name(0) }) else { return try store.close() }
        let namespace = try store.namespace(name(0))
        try namespace.compact()
        let database = base.pushing(folder).appending("namespaces/\(namespace.id)").string
        try store.close()
        for file in try FileManager.default.contentsOfDirectory(atPath: database)
        where file == "CURRENT" || file.hasPrefix("MANIFEST") {
            try FileManager.default.removeItem(atPath: "\(database)/\(file)")
        }
    }

    /// Reads the store beside itself.
    func follow() throws -> Outcome {
        // What is not in the log is seen when it is flushed.
        for namespace in namespaces { try namespace?.flush() }
        goHome()
        if let follower {
            try follower.catchUp()
        } else {
            follower = try Store.open(at: folder, configuration: configuration(.follower))
        }
        guard let follower else { return .skipped }
        return content(of: follower)
    }

    /// Reads the store beside itself through a handle that only reads, and tries to write with it.
    func readOnly(_ operation: Operation) throws -> Outcome {
        for namespace in namespaces { try namespace?.flush() }
        goHome()
        let reader = try Store.open(at: folder, configuration: configuration(.readOnly))
        let number = operation.namespace
        let namespace = number < setup.kinds.count ? try reader.namespace(name(number)) : reader.metadata
        let value = operation.value.bytes(for: setup.kind(number))
        let key = operation.key
        let writes: [() throws -> Void] = [
            { try namespace.put(key, value) },
            { try namespace.delete(key) },
            { try namespace.deleteRange(KeyRange(from: key, to: key + [0])) },
            { try namespace.update { $0.put(key, value) } },
            { try namespace.transaction { try $0.put(key, value) } },
            { _ = try blocking { try await namespace.put(key, value) } },
            { try namespace.flush() },
            { try reader.createNamespace("another") },
            { try reader.dropNamespace(self.name(0)) },
        ]
        let refusals = writes.map { write -> Outcome in
            do { try write() } catch { return failure(error) }
            return .done
        }
        let content = content(of: reader)
        try reader.close()
        return .several([content] + refusals)
    }
}

extension Store.Layout {
    var other: Store.Layout { self == .singleDatabase ? .separateDatabases : .singleDatabase }
}
