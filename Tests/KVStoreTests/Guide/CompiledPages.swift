import KVStore
import SystemPackage

/// Code of pages that is compiled and not run, since it names places that are nobody's to write to. Other tests do the same
/// elsewhere.
private enum CompiledPages {
    static func guideOfBackups(_ store: Store) throws {
        try store.backup(to: "/var/backups/app")
        let backups = try Store.backups(in: "/var/backups/app")
        try Store.restore(from: "/var/backups/app", to: "/var/lib/app-restored")
        _ = backups
    }

    static func backups(_ store: Store) throws {
        try store.backup(to: "/mnt/backup/app")
        try Store.verifyBackup(in: "/mnt/backup/app")
        try Store.purgeBackups(in: "/mnt/backup/app", keeping: 7)
        let backups = try Store.backups(in: "/mnt/backup/app")
        try Store.restore(from: "/mnt/backup/app", to: "/var/lib/app-restored")
        _ = backups
    }

    static func repair() throws {
        let report = try Store.repair(at: "/var/lib/app", to: "/var/lib/app-repaired")
        for part in report.parts { print(part.namespace, part.outcome, part.damage ?? "", part.unusableFiles) }
    }

    static func layouts(_ orders: Namespace, _ carts: Namespace) throws {
        var configuration = StoreConfiguration()
        configuration.layout = .singleDatabase
        let store = try Store.open(at: "/var/lib/app", configuration: configuration)

        try store.write { batch in
            batch.put("order/1", "paid", in: orders)
            batch.delete("cart/7", in: carts)
        }
        try store.copy(to: "/var/lib/app-separate", layout: .separateDatabases)
    }

    static func namespaces(_ store: Store) throws {
        let options = NamespaceOptions(attributes: ["plan": "gold"])
        let orders = try store.createNamespace("acme/orders", options: options)
        try orders.setAttribute("region", to: "eu")
        try store.renameNamespace("acme/orders", to: "acme/archive")
        let page = try store.namespaces(prefix: "acme/", after: nil, limit: 100)
        try store.dropNamespace("acme/archive")
        _ = page
    }

    static func tuning() throws {
        var configuration = StoreConfiguration()
        configuration.collectsEngineStatistics = true
        let store = try Store.open(at: "/var/lib/app", configuration: configuration)
        // ...
        if let counters = store.engineStatistics?.counters {
            let (hits, misses) = (counters["rocksdb.block.cache.hit"] ?? 0, counters["rocksdb.block.cache.miss"] ?? 0)
            print("\(hits) of \(hits + misses) blocks were in the cache")
        }
    }
}
