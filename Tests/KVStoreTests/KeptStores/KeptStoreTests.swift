import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("Stores that earlier versions wrote")
struct KeptStoreTests {
    static let hour = 3_600_000

    static let ofLayout: [KeptStore] = (try? KeptStore.all(.underTest)) ?? []

    @Test("Some are kept")
    func some() throws { #expect(try !KeptStore.all(.underTest).isEmpty) }

    @Test(
        "All of it is there, closed or killed, before and after all is written anew", arguments: ofLayout,
        ["store", "killed"])
    func reading(_ kept: KeptStore, _ name: String) throws {
        try kept.withCopy { folder, description in
            let path = folder.appending(name)
            let (content, now) = (description.store, description.clock + Self.hour / 2)
            var configuration = KeptStore.configuration(at: now)
            configuration.access = .readOnly
            try withStore(at: path, configuration) { try expectContent(of: $0, content, at: now) }
            configuration.access = .readWrite
            try withStore(at: path, configuration) { store in
                #expect(store.layout == kept.layout)
                try expectContent(of: store, content, at: now)
                #expect(try store.verify().entries > 0)
                for info in try store.namespaces() {
                    #expect(!content.missing.contains(info.name))
                    try store.namespace(info.name).compact()
                }
                try expectContent(of: store, content, at: now)
            }
            try withStore(at: path, configuration) { store in
                try expectContent(of: store, content, at: now)
                #expect(try store.verify().entries > 0)
            }
        }
    }

    @Test("It goes on being written to", arguments: ofLayout, ["store", "killed"])
    func writing(_ kept: KeptStore, _ name: String) throws {
        try kept.withCopy { folder, description in
            let path = folder.appending(name)
            let now = description.clock + Self.hour / 2
            let configuration = KeptStore.configuration(at: now)
            let content = try withStore(at: path, configuration) { store in
                try goOn(KeptStoreWriter(store, at: now, after: description.store))
            }
            try withStore(at: path, configuration) { store in
                try expectContent(of: store, content, at: now)
                #expect(try store.verify().entries > 0)
            }
        }
    }

    /// Overwrites, adds, deletes and combines in each namespace, and changes the list of them.
    private func goOn(_ writer: KeptStoreWriter) throws -> KeptContent {
        for (name, space) in writer.content.namespaces.sorted(by: { $0.key < $1.key }) {
            let keys = space.entries.keys.sorted()
            if space.mergeOperator == nil {
                try writer.put(name, "new", "by this version")
                if let key = keys.first { try writer.put(name, key.latin1, "overwritten".bytes) }
                if keys.count > 4 { try writer.deleteRange(name, "row/03", "row/05") }
            } else {
                for (key, value) in space.entries.sorted(by: { $0.key < $1.key }).prefix(3) {
                    try writer.merge(name, key, value.latin1)
                }
            }
            if keys.count > 3 { try writer.delete(name, keys[1]) }
        }
        let names = writer.content.namespaces.keys.sorted()
        try writer.rename(try #require(names.first), to: "renamed by this version")
        try writer.drop(try #require(names.last))
        try writer.setAttribute("by", of: "renamed by this version", to: "this version")
        try writer.putMetadata("application/version", "later")
        try expectContent(of: writer.store, writer.content, at: writer.now)
        try writer.flush(compacting: true)
        try writer.store.createNamespace("made by this version").put("key", "value")
        let made = try #require(try writer.store.namespaces(prefix: "made by").first)
        // Numbers are never used again, those of namespaces that are gone included.
        let numbers = writer.content.namespaces.values.map(\.id)
        #expect(made.id > numbers.max() ?? 0)
        try writer.store.dropNamespace("made by this version")
        return writer.content
    }

    @Test("What was to live for an hour is gone then", arguments: ofLayout)
    func expiry(_ kept: KeptStore) throws {
        try kept.withCopy { folder, description in
            let now = description.clock + 2 * Self.hour
            try withStore(at: folder.appending("store"), KeptStore.configuration(at: now)) { store in
                try expectContent(of: store, description.store, at: now)
                let expiring = description.store.namespaces.filter { $0.value.timeToLive != nil }
                #expect(!expiring.isEmpty)
                for name in expiring.keys {
                    try store.namespace(name).compact()
                    #expect(try store.namespace(name).verify().entries == 0)
                }
            }
        }
    }

    @Test("Its backups are restored, and others are added to them", arguments: ofLayout)
    func backups(_ kept: KeptStore) throws {
        try kept.withCopy { folder, description in
            let backups = folder.appending("backups")
            let now = description.clock + Self.hour / 2
            let configuration = KeptStore.configuration(at: now)
            let numbers = description.backups.keys.compactMap { Int($0) }.sorted()
            #expect(try Store.backups(in: backups).map(\.number) == numbers)
            for number in numbers {
                try Store.verifyBackup(number, in: backups)
                let restored = folder.appending("restored-\(number)")
                try Store.restore(number, from: backups, to: restored)
                let content = try #require(description.backups["\(number)"])
                try withStore(at: restored, configuration) { store in
                    try expectContent(of: store, content, at: now)
                    try store.metadata.put("restored", "\(number)")
                }
            }
            let added = try withStore(at: folder.appending("store"), configuration) { try $0.backup(to: backups) }
            #expect(added.number == (numbers.last ?? 0) + 1)
            #expect(added.addedSize < added.size)
            #expect(try Store.purgeBackups(in: backups, keeping: 1) == numbers)
            let restored = folder.appending("restored")
            try Store.restore(from: backups, to: restored)
            try withStore(at: restored, configuration) { try expectContent(of: $0, description.store, at: now) }
        }
    }

    @Test("It is copied, in both layouts, and repaired", arguments: ofLayout)
    func copies(_ kept: KeptStore) throws {
        try kept.withCopy { folder, description in
            let now = description.clock + Self.hour / 2
            let configuration = KeptStore.configuration(at: now)
            let copies = Store.Layout.allCases.map { ($0, folder.appending("copy-\($0)")) }
            try withStore(at: folder.appending("store"), configuration) { store in
                for (layout, path) in copies { try store.copy(to: path, layout: layout) }
            }
            for (layout, path) in copies {
                try withStore(at: path, configuration) { store in
                    #expect(store.layout == layout)
                    // A copy in another layout has numbers of its own.
                    var content = description.store
                    for info in try store.namespaces() where layout != kept.layout {
                        content.namespaces[info.name]?.id = info.id
                    }
                    try expectContent(of: store, content, at: now)
                }
            }
            guard kept.layout == .separateDatabases else { return }
            let repaired = folder.appending("repaired")
            let report = try Store.repair(
                at: folder.appending("killed"), to: repaired, configuration: configuration)
            #expect(report.isComplete, "\(report)")
            try withStore(at: repaired, configuration) { store in
                #expect(Set(description.store.namespaces.keys).isSubset(of: try store.namespaces().map(\.name)))
                let plain = try store.namespace("plain").entries().collect()
                #expect(plain.map(\.value) == description.store.entries(of: "plain", at: now).map(\.value))
            }
        }
    }
}
