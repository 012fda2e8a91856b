import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("A checkpoint is a store of its own")
struct CheckpointTests {
    @Test("It holds everything, and neither store sees what is written to the other afterwards")
    func independence() throws {
        try withTemporaryFolder { folder in
            let copy = folder.appending("copy")
            try withOpenStore(folder.appending("store")) { store in
                let orders = try store.createNamespace("orders")
                let users = try store.createNamespace("users")
                try store.createNamespace("empty")
                try orders.put("in a file", "1")
                try orders.flush()
                try orders.put("in the log", "2")
                try users.put("logged", "3")
                try users.put("unlogged", "4", durability: .unlogged)
                try orders.deleteRange(KeyRange("x"..<"y"))
                try store.metadata.put("setting", "5")
                try store.checkpoint(to: copy)
                try orders.put("later", "6")
                try orders.delete("in a file")
                try withOpenStore(copy) { copy in
                    #expect(try copy.namespaces().map(\.name) == ["empty", "orders", "users"])
                    let orders = try copy.namespace("orders")
                    #expect(try texts(orders) == ["in a file": "1", "in the log": "2"])
                    #expect(try texts(copy.namespace("users")) == ["logged": "3", "unlogged": "4"])
                    #expect(try texts(copy.metadata) == ["setting": "5"])
                    try orders.put("only in the copy", "7")
                    try orders.compact()
                    try copy.createNamespace("new")
                }
                #expect(try texts(orders) == ["in the log": "2", "later": "6"])
                #expect(try store.namespaces().count == 3)
            }
            #expect(try names(folder) == ["copy", "store"])
        }
    }

    @Test("Commits are on disk after the interval, however long a checkpoint waits for a call that is running")
    func boundWhileWaiting() throws {
        let (isMerging, goesOn) = (Flag(), Flag())
        let slow = MergeOperator("slow") { _, later in
            isMerging.set()
            while !goesOn.isSet { usleep(1000) }
            return Array(later)
        }
        var configuration = StoreConfiguration.tiny
        configuration.walSyncInterval = .milliseconds(50)
        configuration.mergeOperators = [slow]
        try withTemporaryFolder { folder in
            try withOpenStore(folder.appending("store"), configuration) { store in
                // A checkpoint stops them in this order.
                let free = try store.createNamespace("1")
                let busy = try store.createNamespace("2", options: NamespaceOptions(mergeOperator: slow))
                for _ in 0..<2 { try busy.merge("slow", "v") }
                let progress = Progress()
                let reader = RunningThread { try busy.get("slow") }
                #expect(eventually { isMerging.isSet })
                let writers = [free, busy].map { namespace in
                    RunningThread {
                        while !progress.withLock({ $0.isCopied }) {
                            let receipt = try namespace.put("k", "v")
                            progress.withLock { $0.latest[namespace.name] = receipt }
                        }
                    }
                }
                // One that the checkpoint stops before its first commit would never have one.
                #expect(eventually { progress.withLock { $0.latest.count } == 2 })
                let copier = RunningThread {
                    try store.checkpoint(to: folder.appending("copy"))
                    progress.withLock { $0.isCopied = true }
                }
                // Its last commits become durable while the checkpoint waits, however long that takes on this machine.
                let areDurable = eventually {
                    let receipts = progress.withLock { $0.latest }
                    return receipts.count == 2 && receipts.values.allSatisfy(\.isDurable)
                }
                #expect(areDurable && !progress.withLock { $0.isCopied })
                goesOn.set()
                #expect(try reader.get() != nil)
                for thread in [copier] + writers { try thread.get() }
            }
        }
    }

    private final class Progress: @unchecked Sendable {  // guarded by its lock
        struct State {
            var isCopied = false
            var latest: [String: CommitReceipt] = [:]
        }

        private let lock = NSLock()
        private var state = State()

        func withLock<Result>(_ body: (inout State) -> Result) -> Result { lock.withLock { body(&state) } }
    }

    @Test("Namespaces whose databases are not open are in it")
    func closedNamespaces() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            var configuration = StoreConfiguration.tiny
            configuration.maxOpenNamespaces = 2
            try withOpenStore(path, configuration) { store in
                for number in 0..<8 {
                    let namespace = try store.createNamespace("\(number)")
                    try namespace.put("file", "\(number)")
                    if number.isMultiple(of: 2) { try namespace.flush() }
                    try namespace.put("log", "\(number)")
                }
                try store.checkpoint(to: folder.appending("copy"))
            }
            // Reopened, none of them has been used yet.
            try withOpenStore(path) { try $0.checkpoint(to: folder.appending("again")) }
            for name in ["copy", "again"] {
                try withOpenStore(folder.appending(name)) { copy in
                    for number in 0..<8 {
                        let copied = try texts(copy.namespace("\(number)"))
                        #expect(copied == ["file": "\(number)", "log": "\(number)"])
                    }
                }
            }
            try withOpenStore(path) { store in
                for number in 0..<8 { try store.namespace("\(number)").put("after", "x") }
            }
        }
    }

    @Test("All namespaces are as they were at one moment while others write")
    func consistency() throws {
        try withTemporaryFolder { folder in
            let store = try Store.open(at: folder.appending("store"), configuration: .tiny)
            let first = try store.createNamespace("first")
            let second = try store.createNamespace("second")
            let metadata = store.metadata
            let stop = Flag()
            let writer = RunningThread {
                var number = 0
                while !stop.isSet {
                    number += 1
                    for namespace in [first, second, metadata] { try namespace.put("number", "\(number)") }
                }
            }
            while try number(metadata) < 5 {}
            for round in 0..<8 {
                let before = try number(metadata)
                let path = folder.appending("copy-\(round)")
                try store.checkpoint(to: path)
                let after = try number(first)
                try withOpenStore(path) { copy in
                    let numbers = try [number(copy.namespace("first")), number(copy.namespace("second"))]
                    let last = try number(copy.metadata)
                    #expect(before <= last && last <= numbers[1] && numbers[1] <= numbers[0])
                    #expect(numbers[0] <= last + 1)
                    #expect(numbers[0] <= after)
                }
            }
            stop.set()
            try writer.get()
            try store.close()
        }
    }

    @Test("Table files are shared with the store while neither changes them")
    func hardLinks() throws {
        try withTemporaryFolder { folder in
            try withOpenStore(folder.appending("store")) { store in
                let namespace = try store.createNamespace("test")
                try namespace.put("key", String(repeating: "v", count: 100_000))
                try namespace.flush()
                try store.checkpoint(to: folder.appending("copy"))
            }
            let database = folder.appending("copy").database()
            let tables = try names(database).filter { $0.hasSuffix(".sst") }
            #expect(!tables.isEmpty)
            for table in tables {
                let attributes = try FileManager.default.attributesOfItem(atPath: database.appending(table).string)
                #expect(attributes[.referenceCount] as? Int == 2)
            }
        }
    }

    @Test("What is at the target is never touched")
    func refusals() throws {
        try withTemporaryStore { store, namespace in
            try namespace.put("key", "value")
            let folder = store.path.removingLastComponent()
            let taken = folder.appending("taken")
            try FileManager.default.createDirectory(atPath: taken.string, withIntermediateDirectories: false)
            try store.checkpoint(to: taken)
            expectCode(.invalidArgument) { try store.checkpoint(to: taken) }
            expectCode(.invalidArgument) { try store.checkpoint(to: store.path.appending("inside")) }
            expectCode(.invalidArgument) { try store.checkpoint(to: store.path.appending("a/../inside")) }
            expectCode(.invalidArgument) { try store.checkpoint(to: "") }
            expectCode(.invalidArgument) { try store.checkpoint(to: "/") }
            let file = folder.appending("file")
            try Data().write(to: URL(fileURLWithPath: file.string))
            expectCode(.invalidArgument) { try store.checkpoint(to: file) }
            let error = expectCode(.ioError) { try store.checkpoint(to: file.appending("below")) }
            #expect(error?.operation.description == "checkpoint")
            let copied = try withOpenStore(taken) { try texts($0.namespace("test")) }
            #expect(copied == ["key": "value"])
            #expect(try names(folder) == ["file", "store", "taken"])
            try store.close()
            expectCode(.closed) { try store.checkpoint(to: folder.appending("late")) }
            #expect(!exists(folder.appending("late")))
        }
    }

    @Test("The async form, among tasks that read, write and create namespaces")
    func asyncForm() async throws {
        try await withTemporaryStore { store, namespace in
            let folder = store.path.removingLastComponent()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        try await namespace.put("key/\(number)", "v")
                        _ = try await namespace.get("key/\(number)")
                        let other = try await store.namespace("other/\(number % 4)", createIfMissing: true)
                        try await other.update { $0.put("\(number)", "v") }
                    }
                }
                for number in 0..<3 {
                    group.addTask { try await store.checkpoint(to: folder.appending("copy-\(number)")) }
                }
                try await group.waitForAll()
            }
            for number in 0..<3 {
                try withOpenStore(folder.appending("copy-\(number)")) { copy in
                    for info in try copy.namespaces() { _ = try texts(copy.namespace(info.name)) }
                }
            }
        }
    }

    @Test("A process that is killed leaves whole copies or none, and its store whole", arguments: 0..<6)
    func killed(_ round: Int) throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            let child = try MaintenanceProcess("checkpoint", path.string, folder.string)
            for number in 0...round { #expect(try child.line() == "made \(number)") }
            // Somewhere within the next copies.
            usleep(UInt32(round * 7_000 + 500))
            child.kill()
            let copies = try names(folder).filter { $0.hasPrefix("copy-") }
            #expect(copies.count > round)
            for copy in copies {
                try withOpenStore(folder.appending(copy)) { store in
                    let number = try number(store.namespace("first"))
                    #expect("copy-\(number)" == copy)
                }
            }
            try withOpenStore(path) { store in
                #expect(try number(store.namespace("first")) >= round)
                // What was left of the copy that was cut short is in nobody's way.
                for number in copies.count...(copies.count + 1) {
                    try store.checkpoint(to: folder.appending("copy-\(number)"))
                }
            }
            #expect(try names(folder).allSatisfy { !$0.hasPrefix(".") })
        }
    }
}
