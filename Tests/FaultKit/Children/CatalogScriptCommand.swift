internal import Foundation
package import KVStore
internal import SystemPackage

/// A process that makes what a ``CatalogScript`` says, and one that reads it again where something may be damaged:
/// `refused <error>` where a call failed, `bad <what>` where what was read is wrong, `done` at the end.
package enum CatalogScriptCommand {
    package static func arguments(store: String, layout: Store.Layout, seed: UInt64, closes: Bool) -> [String] {
        [
            "catalog-script", "--store", store, "--layout", layout.rawValue, "--seed", "\(seed & 0xFFFF_FFFF)",
            "--closes", closes ? "1" : "0",
        ]
    }

    package static func verifyArguments(store: String, seed: UInt64) -> [String] {
        ["catalog-script-verify", "--store", store, "--seed", "\(seed & 0xFFFF_FFFF)"]
    }

    private static func script(_ arguments: Arguments) throws -> CatalogScript {
        CatalogScript(seed: UInt64(try arguments.number("seed", default: 1)))
    }

    package static func run(_ arguments: Arguments) throws {
        var plan = WriterPlan()
        plan.layout = arguments.text("layout").flatMap(Store.Layout.init)
        plan.memtableKiB = 256
        let path = FilePath(try arguments.required("store"))
        let store = try Store.open(at: path, configuration: plan.configuration)
        for step in try script(arguments).steps {
            switch step {
            case .put(let key, let value): try store.metadata.put(key, value)
            case .deleteRange(let lower, let upper):
                try store.metadata.deleteRange(KeyRange(from: lower, to: upper))
            case .create(let name): try store.createNamespace(name)
            case .drop(let name): try store.dropNamespace(name)
            case .rename(let name, let other): try store.renameNamespace(name, to: other)
            case .attribute(let name, let value): try store.namespace(name).setAttribute("attribute", to: value)
            case .putIn(let name, let key): try store.namespace(name).put(key, "value", durability: .synced)
            case .flush: try store.metadata.flush()
            }
        }
        if try arguments.number("closes", default: 1) != 0 {
            try store.close()
            ChildSetup.print("done")
        } else {
            ChildSetup.print("ready")
            // To be killed.
            Clock.sleep(milliseconds: 60_000)
        }
    }

    package static func verify(_ arguments: Arguments) throws {
        let script = try script(arguments)
        var plan = WriterPlan()
        plan.store = try arguments.required("store")
        // Whatever it is.
        plan.layout = nil
        refusing {
            var configuration = plan.configuration
            configuration.createIfMissing = false
            let store = try Store.open(at: FilePath(plan.store), configuration: configuration)
            refusing { try compareMetadata(script, store) }
            refusing { try compareNamespaces(script, store) }
            refusing { try store.close() }
        }
        ChildSetup.print("done")
    }

    private static func refusing(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            ChildSetup.print("refused \((error as? StoreError)?.code.description ?? "none") \(error)")
        }
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func compareMetadata(_ script: CatalogScript, _ store: Store) throws {
        let entries = try store.metadata.entries().collect()
        let found = Dictionary(uniqueKeysWithValues: entries.map { (text($0.key), text($0.value)) })
        let missing = script.metadata.filter { found[$0.key] == nil }
        let wrong = found.filter { script.metadata[$0.key] != nil && script.metadata[$0.key] != $0.value }
        let back = found.filter { script.metadata[$0.key] == nil }
        for (what, keys) in [("missing", missing), ("old", wrong), ("there again", back)] where !keys.isEmpty {
            let some = keys.keys.sorted().prefix(3)
            ChildSetup.print("bad metadata: \(keys.count) of \(script.metadata.count) entries are \(what): \(some)")
        }
        for key in script.metadata.keys.prefix(20) where try store.metadata.get(key).map(text) != found[key] {
            ChildSetup.print("bad metadata: a get of \(key) and a scan differ")
        }
    }

    private static func compareNamespaces(_ script: CatalogScript, _ store: Store) throws {
        let infos = try store.namespaces()
        let names = Set(infos.map(\.name))
        if names != Set(script.namespaces.keys) {
            ChildSetup.print("bad namespaces: \(names.sorted()), not \(script.namespaces.keys.sorted())")
        }
        for info in infos {
            guard let tenant = script.namespaces[info.name] else { continue }
            if info.attributes["attribute"] != tenant.attribute {
                ChildSetup.print("bad \(info.name): an attribute is \(info.attributes["attribute"] ?? "gone")")
            }
            refusing {
                let keys = Set(try store.namespace(info.name).entries().collect().map { text($0.key) })
                if keys != tenant.keys {
                    ChildSetup.print("bad \(info.name): \(keys.count) entries, not \(tenant.keys.count)")
                }
            }
        }
    }
}
