internal import Foundation
internal import Glibc
package import KVStore
internal import Synchronization
internal import SystemPackage

/// A process that makes copies where they are in the way: several to one place at once, backups in the store's own
/// folder under another name for it, restores into the folder of backups.
package enum PlacesCommand {
    package enum Kind: String, CaseIterable, Sendable { case sameTarget, ownFolder, backupFolder }

    package static func arguments(
        folder: String, kind: Kind, layout: Store.Layout, seed: UInt64
    ) -> [String] {
        [
            "places", "--folder", folder, "--kind", kind.rawValue, "--layout", layout.rawValue, "--seed",
            "\(seed & 0xFFFF_FFFF)",
        ]
    }

    package static func run(_ arguments: Arguments) throws {
        let kind = Kind(rawValue: try arguments.required("kind")) ?? .sameTarget
        let places = try Places(arguments)
        switch kind {
        case .sameTarget: for _ in 0..<8 { try places.copyToOneTarget() }
        case .ownFolder: try places.backUpIntoItself()
        case .backupFolder: try places.restoreAmongBackups()
        }
        try places.close()
        ChildSetup.print("done")
    }
}

private final class Places {
    private let folder: String
    private let configuration: StoreConfiguration
    private var store: Store
    private var random: SeededRandom
    private var count = 0

    init(_ arguments: Arguments) throws {
        folder = try arguments.required("folder")
        random = SeededRandom(seed: UInt64(try arguments.number("seed", default: 1)))
        var plan = WriterPlan()
        plan.layout = arguments.text("layout").flatMap(Store.Layout.init)
        plan.memtableKiB = 64
        configuration = plan.configuration
        store = try Store.open(at: FilePath("\(folder)/store"), configuration: configuration)
        for name in ["one", "two"] {
            let namespace = try store.createNamespace(name)
            for number in 0..<200 { try namespace.put("key \(number)", [UInt8](repeating: 7, count: 200)) }
            try namespace.flush()
            try namespace.put("last", name)
        }
    }

    func close() throws { try store.close() }

    private func fresh(_ name: String) -> String {
        count += 1
        return "\(folder)/\(name)-\(count)"
    }

    /// Says what is wrong with a copy.
    private func check(_ path: String, _ what: String) {
        do {
            var configuration = configuration
            configuration.layout = nil
            configuration.createIfMissing = false
            let copy = try Store.open(at: FilePath(path), configuration: configuration)
            defer { _ = try? copy.close() }
            for name in ["one", "two"] {
                let namespace = try copy.namespace(name)
                let count = try namespace.entries().collect().count
                guard count == 201, try namespace.get("last") == Array(name.utf8) else {
                    ChildSetup.print("bad \(what) holds \(count) entries of 201")
                    return
                }
            }
            _ = try copy.verify()
        } catch {
            ChildSetup.print("bad \(what): \(error)")
        }
    }

    /// Exactly one of several that are made at once succeeds, and it is whole.
    func copyToOneTarget() throws {
        let target = fresh("target")
        let way = Int.random(in: 0..<4, using: &random)
        let (store, path) = (store, FilePath(target))
        let backups = FilePath("\(folder)/backups")
        if way == 2 { _ = try store.backup(to: backups) }
        let damaged = FilePath("\(folder)/store")
        let configuration = configuration
        if way == 3 { try store.close() }
        let successes = Atomic<Int>(0)
        let barrier = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 3) { _ in
            barrier.add(1, ordering: .sequentiallyConsistent)
            while barrier.load(ordering: .sequentiallyConsistent) < 2 { usleep(10) }
            do {
                switch way {
                case 0: try store.checkpoint(to: path)
                case 1: try store.copy(to: path)
                case 2: try Store.restore(from: backups, to: path)
                default:
                    if configuration.layout == .singleDatabase { return }
                    try Store.repair(at: damaged, to: path, configuration: configuration)
                }
                successes.add(1, ordering: .relaxed)
            } catch is StoreError {
            } catch {
                ChildSetup.print("bad \(error)")
            }
        }
        if way == 3 { self.store = try Store.open(at: damaged, configuration: configuration) }
        let what = ["a checkpoint", "a copy", "a restore", "a repair"][way] + " of several to one place at once"
        // Repairs lock the store that they read, and so only one may run at all; there is none of a single database.
        let isNone = way == 3 && configuration.layout == .singleDatabase
        let succeeded = successes.load(ordering: .relaxed)
        if !isNone, succeeded != 1 { ChildSetup.print("bad \(what): \(succeeded) succeeded") }
        if succeeded > 0 { check(target, what) }
        let leftovers = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains(".new") }
        if !leftovers.isEmpty { ChildSetup.print("bad \(what) left \(leftovers)") }
        try? FileManager.default.removeItem(atPath: target)
    }

    /// A backup into the store's own folder is refused, or it is there later on.
    func backUpIntoItself() throws {
        let link = "\(folder)/another-name"
        symlink("store", link)
        chdir(folder)
        let spellings = [
            "\(link)/backup-1", "\(folder)/store/../store/backup-2", "store/backup-3", "\(folder)/./store/backup-4",
            "\(link)/deeper/backup-5", "\(folder)//store/namespaces/backup-6",
        ]
        // By another name than that it was opened with, in one of two cases.
        if Bool.random(using: &random) {
            try store.close()
            store = try Store.open(at: FilePath(link), configuration: configuration)
        }
        var made: [String] = []
        for spelling in spellings {
            do {
                _ = try store.backup(to: FilePath(spelling))
                made.append(spelling)
            } catch {
                if error.code != .invalidArgument { ChildSetup.print("bad a backup to \(spelling): \(error)") }
            }
        }
        // Folders of the user's, whatever they are called.
        let foreign = "\(folder)/store/backup-of-mine"
        try FileManager.default.createDirectory(atPath: foreign, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: foreign + "/file"))
        try store.close()
        store = try Store.open(at: FilePath("\(folder)/store"), configuration: configuration)
        for spelling in made {
            do {
                let target = fresh("restored")
                try Store.restore(from: FilePath(spelling), to: FilePath(target))
                check(target, "a backup at \(spelling)")
            } catch {
                ChildSetup.print("bad the backup at \(spelling) is gone after the next opening: \(error)")
            }
        }
        if !FileManager.default.fileExists(atPath: foreign + "/file") {
            ChildSetup.print("bad an opening removed a folder that the store had not made")
        }
    }

    /// What is restored among the files of backups is refused, or it stays there.
    func restoreAmongBackups() throws {
        let backups = "\(folder)/backups"
        for _ in 0..<3 {
            _ = try store.backup(to: FilePath(backups))
            try store.namespace("one").put("key 0", [UInt8](repeating: 8, count: 200))
        }
        let link = "\(folder)/backups-too"
        symlink("backups", link)
        var made: [String] = []
        for target in ["\(backups)/files/restored", "\(link)/files/restored-2", "\(backups)/restored-3"] {
            do {
                try Store.restore(from: FilePath(backups), to: FilePath(target))
                made.append(target)
            } catch {
                if error.code != .invalidArgument { ChildSetup.print("bad a restore to \(target): \(error)") }
            }
        }
        _ = try Store.purgeBackups(in: FilePath(backups), keeping: 1)
        _ = try store.backup(to: FilePath(backups))
        for target in made { check(target, "what was restored to \(target)") }
        let target = fresh("restored")
        try Store.restore(from: FilePath(backups), to: FilePath(target))
        check(target, "the last backup")
    }
}
