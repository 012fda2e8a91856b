internal import Foundation
internal import KVStore
internal import Synchronization
internal import SystemPackage

/// What all threads share.
final class Stress: @unchecked Sendable {  // what changes is atomic
    let store: Store
    let path: String
    let seed: UInt64
    let holds: Bool
    let layout: Store.Layout
    let watch = CallWatch()
    let isClosing = Atomic<Bool>(false)
    /// What was acknowledged last of the clock of the first namespace.
    let clock = Atomic<Int>(0)
    private let milliseconds: Int
    private let configuration: StoreConfiguration

    static let names = (0..<4).map { "shared-\($0)" }
    static let merging = "merging"

    init(_ arguments: Arguments) throws {
        path = try arguments.required("store")
        seed = UInt64(try arguments.number("seed", default: 1))
        holds = try arguments.number("holds", default: 1) != 0
        milliseconds = try arguments.number("milliseconds", default: 500)
        layout = arguments.text("layout").flatMap(Store.Layout.init) ?? .separateDatabases
        var plan = WriterPlan()
        plan.layout = layout
        plan.memtableKiB = 64
        plan.intervalMilliseconds = 5
        var configuration = plan.configuration
        configuration.maxOpenNamespaces = 2 + Int(seed % 3)
        self.configuration = configuration
        store = try Store.open(at: FilePath(path), configuration: configuration)
        let options = NamespaceOptions(changes: ChangeRetention())
        for name in Self.names { try store.createNamespace(name, options: options) }
        try store.createNamespace(Self.merging, options: NamespaceOptions(mergeOperator: .add64))
        try store.namespace(Self.names[0]).put("clock", "0")
    }

    func run() throws {
        let writers = (0..<4).map { StressWriter(self, $0) }
        let group = DispatchGroup()
        for writer in writers { start(group) { writer.run() } }
        for number in 0..<3 { start(group) { StressChurner(self, number).run() } }
        for number in 0..<2 { start(group) { StressKeeper(self, number).run() } }
        start(group) { StressClock(self).run() }
        let consumers = (0..<2).map { StressConsumer(self, $0) }
        for consumer in consumers { start(group) { consumer.run() } }
        ChildSetup.print("ready")
        Clock.sleep(milliseconds: milliseconds)
        ChildSetup.print("closing")
        isClosing.store(true, ordering: .sequentiallyConsistent)
        close()
        watch.watch("the threads after closing") { group.wait() }
        try audit(writers, consumers)
    }

    private func start(_ group: DispatchGroup, _ body: @escaping @Sendable () -> Void) {
        group.enter()
        Thread.detachNewThread {
            body()
            group.leave()
        }
    }

    private func close() {
        let store = store
        let way = seed >> 3 & 3
        do {
            try watch.watch("close, in way \(way)") {
                switch way {
                case 0: try store.close()
                case 1: try waiting { try await store.close() }
                case 2:
                    try waiting {
                        withUnsafeCurrentTask { $0?.cancel() }
                        try await store.close()
                    }
                default:
                    let other = Thread { _ = try? store.close() }
                    other.start()
                    try store.close()
                }
            }
        } catch {
            ChildSetup.print("bad close threw \(error)")
            // So that the rest is seen too.
            watch.watch("closing again") { _ = try? store.close() }
        }
        do {
            _ = try store.metadata.get("key")
            ChildSetup.print("bad the store is open after it was closed")
        } catch {
            if error.code != .closed { ChildSetup.print("bad after closing, \(error)") }
        }
    }

    /// Opens the store again and looks for what was acknowledged.
    private func audit(_ writers: [StressWriter], _ consumers: [StressConsumer]) throws {
        let store = try watch.watch("opening") { try Store.open(at: FilePath(path), configuration: configuration) }
        try watch.watch("auditing") {
            for writer in writers { try writer.audit(store) }
            for consumer in consumers { try consumer.audit(store) }
            let clock = try StressWriter.number(store.namespace(Self.names[0]).get("clock"))
            if clock < self.clock.load(ordering: .relaxed) { ChildSetup.print("bad the clock went back to \(clock)") }
            _ = try store.verify()
        }
        try watch.watch("the last closing") { try store.close() }
    }
}
