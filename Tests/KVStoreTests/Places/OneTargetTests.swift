import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("Of those who make a store at one path at once, one does")
struct OneTargetTests {
    /// Runs what each thread does to a path at the same time, and expects that one succeeded, and what it made.
    private func race(
        _ rounds: Int, in folder: FilePath, _ ways: [@Sendable (FilePath) throws -> Void], _ expected: [String: String]
    ) throws {
        for round in 0..<rounds {
            let target = folder.appending("target-\(round)")
            let outcomes = try onThreads(ways.count) { index -> StoreError.Code? in
                do {
                    try ways[index](target)
                    return nil
                } catch let error as StoreError {
                    return error.code
                }
            }
            #expect(outcomes.count { $0 == nil } == 1, "\(outcomes)")
            #expect(outcomes.allSatisfy { $0 == nil || $0 == .busy || $0 == .invalidArgument }, "\(outcomes)")
            var configuration = StoreConfiguration.tiny
            configuration.layout = nil
            try withOpenStore(target, configuration) { store in
                #expect(try texts(store.namespace("test")) == expected)
                _ = try store.verify()
            }
            #expect(try target.names() == ["LOCK", "METADATA", "STORE", "metadata", "namespaces"])
            try target.remove()
        }
        #expect(try folder.names().allSatisfy { !$0.hasPrefix(".") })
    }

    @Test("Checkpoints, copies and restores by threads")
    func threads() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            let folder = store.path.removingLastComponent()
            let (backups, targets) = (folder.appending("backups"), folder.appending("targets"))
            try store.backup(to: backups)
            try targets.makeFolder()
            let other: Store.Layout = store.layout == .singleDatabase ? .separateDatabases : .singleDatabase
            let checkpoint: @Sendable (FilePath) throws -> Void = { try store.checkpoint(to: $0) }
            let copy: @Sendable (FilePath) throws -> Void = { try store.copy(to: $0, layout: other) }
            let restore: @Sendable (FilePath) throws -> Void = { try Store.restore(from: backups, to: $0) }
            try race(25, in: targets, [checkpoint, checkpoint], ["key": "value"])
            try race(25, in: targets, [restore, restore, restore], ["key": "value"])
            try race(8, in: targets, [copy, checkpoint, restore], ["key": "value"])
        }
    }

    @Test("Repairs by threads", .only(.separateDatabases))
    func repairs() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            let folder = store.path.removingLastComponent()
            let targets = folder.appending("targets")
            try targets.makeFolder()
            let sources = [folder.appending("damaged-0"), folder.appending("damaged-1")]
            for source in sources { try store.checkpoint(to: source) }
            let ways = sources.map { source in
                { @Sendable (target: FilePath) throws -> Void in
                    _ = try Store.repair(at: source, to: target, configuration: .tiny)
                }
            }
            try race(8, in: targets, ways, ["key": "value"])
            // Nothing was added to what was repaired.
            for source in sources { #expect(try source.names() == ["METADATA", "STORE", "metadata", "namespaces"]) }
        }
    }

    @Test("Restores by processes")
    func processes() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            let folder = store.path.removingLastComponent()
            let (backups, targets) = (folder.appending("backups"), folder.appending("targets"))
            try store.backup(to: backups)
            try targets.makeFolder()
            let rounds = 25
            let children = try (0..<2).map { _ in
                try MaintenanceProcess("restore-together", targets.string, backups.string, "\(rounds)")
            }
            let said = try children.map { try $0.lines() }
            for round in 0..<rounds {
                let outcomes = said.map { $0[round] }
                #expect(outcomes.count { $0 == "made \(round)" } == 1, "\(outcomes)")
                let made = try withOpenStore(targets.appending("restored-\(round)")) {
                    try texts($0.namespace("test"))
                }
                #expect(made == ["key": "value"])
            }
            #expect(try targets.names().allSatisfy { !$0.hasPrefix(".") })
        }
    }

    @Test("What a crash left on the way is taken over")
    func leftovers() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            let folder = store.path.removingLastComponent()
            let left = folder.appending(".copy.new")
            let text = "KVStore work folder 1\n.copy.new\n"
            for content in [[:], ["KVSTORE-WORK": ""], ["KVSTORE-WORK": text, "x": "y"]] {
                try left.makeFolder()
                for (name, text) in content { try left.appending(name).write(text) }
                try store.checkpoint(to: folder.appending("copy"))
                #expect(!exists(left))
                try folder.appending("copy").remove()
            }
            // Cut short after it had got its name.
            try store.checkpoint(to: folder.appending("copy"))
            let mark = folder.appending("copy/KVSTORE-WORK")
            try mark.write(text)
            #expect(try withOpenStore(folder.appending("copy")) { try texts($0.namespace("test")) } == ["key": "value"])
            #expect(!exists(mark))
        }
    }
}
