internal import Foundation
internal import KVStore
internal import SystemPackage

/// The verifying process: opens the store and says what each stream holds, in lines.
///
/// `head <stream> <sequence>` for a stream, `namespace <name> <id>` for an entry of the catalog, `folder <id>` for a
/// folder on disk, `bad <what>` for whatever is not as it must be, `done` at the end.
package enum VerifyCommand {
    package static func run(_ arguments: Arguments) throws {
        let plan = try WriterPlan(arguments)
        let store = try open(plan)
        let audit = StreamAudit(plan.shape)
        for stream in plan.streams {
            let name = StreamPlace.namespace(of: stream)
            if let name, try !store.namespaces().contains(where: { $0.name == name }) {
                ChildSetup.print("head \(stream) 0")
                continue
            }
            let namespace = try StreamPlace.columnFamily(of: stream, in: store)
            let (head, complaint) = try audit.check(stream, in: namespace)
            if let complaint { ChildSetup.print("bad \(complaint)") }
            try checkBackwards(stream, head, plan.shape, namespace)
            ChildSetup.print("head \(stream) \(head)")
        }
        try listNamespaces(store, plan.store)
        if let path = arguments.text("copy-to") { try plan.copy(store, to: path) }
        try store.close()
        ChildSetup.print("done")
    }

    private static func open(_ plan: WriterPlan) throws -> Store {
        do {
            return try Store.open(at: FilePath(plan.store), configuration: plan.configuration)
        } catch {
            ChildSetup.print("bad the store does not open: \(error)")
            throw error
        }
    }

    /// The same entries in the other direction, and by point reads in one go.
    private static func checkBackwards(
        _ stream: Int, _ head: UInt64, _ shape: StreamShape, _ namespace: Namespace
    ) throws {
        var all: [(key: [UInt8], value: [UInt8])] = []
        var expected = ExpectedEntries(stream, head, shape)
        while let entry = expected.next() { all.append(entry) }
        var cursor = try namespace.cursor(.prefix(Array(StreamShape.headKey(stream).prefix(5))))
        for entry in all.reversed() {
            guard try cursor.previous() else {
                ChildSetup.print("bad stream \(stream), head \(head): the backward scan ended early")
                return
            }
            let key = cursor.key
            guard key.isEqual(to: entry.key) else {
                ChildSetup.print("bad stream \(stream), head \(head): the backward scan found another key")
                return
            }
        }
        let values = try namespace.getMany(all.map(\.key))
        for (value, entry) in zip(values, all) where value != entry.value {
            let key = String(decoding: entry.key, as: UTF8.self)
            ChildSetup.print("bad stream \(stream), head \(head): a point read of \(key) is wrong")
            return
        }
    }

    /// What the catalog has and what the disk has.
    static func listNamespaces(_ store: Store, _ path: String) throws {
        let namespaces = try store.namespaces()
        for namespace in namespaces { ChildSetup.print("namespace \(namespace.name) \(namespace.id)") }
        // Of column families the library itself tells when it opens their database.
        guard store.layout == .separateDatabases else { return }
        // What was dropped is removed in the background.
        let patience = Clock.after(milliseconds: 20_000)
        var folders = try FileManager.default.contentsOfDirectory(atPath: path + "/namespaces")
        while folders.count > namespaces.count, Clock.now < patience {
            Clock.sleep(milliseconds: 5)
            folders = try FileManager.default.contentsOfDirectory(atPath: path + "/namespaces")
        }
        let known = Set(namespaces.map { String($0.id) })
        for folder in folders where !known.contains(folder) {
            ChildSetup.print("bad the folder namespaces/\(folder) belongs to no namespace")
        }
        for id in known where !folders.contains(id) {
            ChildSetup.print("bad the folder namespaces/\(id) of a namespace is missing")
        }
    }
}
