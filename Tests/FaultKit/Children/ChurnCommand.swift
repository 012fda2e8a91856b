internal import Foundation
package import KVStore
internal import SystemPackage

/// A process that creates, uses, renames and drops namespaces and changes their attributes, two threads with names of
/// their own and more namespaces than may be open; and one that says what came of it.
package enum ChurnCommand {
    private static let shape = StreamShape(batch: 3, valueSize: 200, window: 50)

    /// - Parameter steps: after how many steps each thread ends; nil for endlessly. With a number, the
    ///   store is opened anew after a failure, and the threads go on.
    package static func arguments(
        store: String, layout: Store.Layout, seed: UInt64, firstIncarnation: Int, steps: Int?, memtableKiB: Int
    ) -> [String] {
        [
            "churn", "--store", store, "--layout", layout.rawValue, "--seed", "\(seed)", "--first",
            "\(firstIncarnation)", "--steps", "\(steps ?? 0)", "--memtable-kib", "\(memtableKiB)",
        ]
    }

    package static func verifyArguments(store: String) -> [String] { ["churn-verify", "--store", store] }

    package static func run(_ arguments: Arguments) throws {
        let seed = UInt64(try arguments.number("seed", default: 1))
        let first = try arguments.number("first", default: 1)
        let steps = try arguments.number("steps", default: 0)
        let churners = (0..<2).map {
            Churner(shape, thread: $0, incarnation: first + $0, seed: seed, steps: steps > 0 ? steps : .max)
        }
        let deadline = Clock.after(milliseconds: 20_000)
        while true {
            do {
                let store = try open(arguments)
                ChildSetup.print("ready")
                churn(churners, store)
                try store.close()
            } catch {
                ChildSetup.print("err - 0 close \((error as? StoreError)?.code.description ?? "?") \(error)")
            }
            if steps == 0 || churners.allSatisfy(\.isDone) { break }
            guard Clock.now < deadline else {
                ChildSetup.print("stuck: namespaces cannot be created, changed or dropped")
                return
            }
            Clock.sleep(milliseconds: 50)
        }
        ChildSetup.print("done")
    }

    private static func churn(_ churners: [Churner], _ store: Store) {
        let group = DispatchGroup()
        for churner in churners {
            group.enter()
            Thread.detachNewThread {
                churner.run(store)
                group.leave()
            }
        }
        group.wait()
    }

    private static func open(_ arguments: Arguments) throws -> Store {
        var plan = WriterPlan()
        plan.maxOpenNamespaces = 3
        plan.memtableKiB = try arguments.number("memtable-kib", default: plan.memtableKiB)
        plan.layout = arguments.text("layout").flatMap(Store.Layout.init)
        let path = FilePath(try arguments.required("store"))
        do {
            return try Store.open(at: path, configuration: plan.configuration)
        } catch {
            ChildSetup.print("err - 0 open \(error.code) \(error)")
            throw error
        }
    }

    package static func verify(_ arguments: Arguments) throws {
        let store = try open(arguments)
        for info in try store.namespaces() {
            let namespace = try store.namespace(info.name)
            guard let incarnation = info.attributes["incarnation"].flatMap({ Int($0) }) else {
                ChildSetup.print("bad \(info.name) has lost its attributes")
                continue
            }
            let (head, complaint) = try StreamAudit(shape).check(incarnation, in: namespace)
            if let complaint { ChildSetup.print("bad \(info.name): \(complaint)") }
            let entries = try namespace.entries().collect()
            let prefix = StreamShape.headKey(incarnation).prefix(5)
            if !entries.allSatisfy({ $0.key.starts(with: prefix) }) {
                ChildSetup.print("bad \(info.name) holds two incarnations")
            }
            ChildSetup.print("incarnation \(info.name) \(incarnation) \(head) \(info.attributes["version"] ?? "none")")
        }
        try VerifyCommand.listNamespaces(store, try arguments.required("store"))
        try store.close()
        ChildSetup.print("done")
    }
}

/// One thread with names of its own.
private final class Churner: @unchecked Sendable {  // used by one thread at a time
    private let shape: StreamShape
    private let names: [String]
    private var incarnation: Int
    private var random: SeededRandom
    private var stepsLeft: Int

    var isDone: Bool { stepsLeft == 0 }

    init(_ shape: StreamShape, thread: Int, incarnation: Int, seed: UInt64, steps: Int) {
        self.shape = shape
        self.incarnation = incarnation
        stepsLeft = steps
        names = (0..<4).map { "thread-\(thread)-name-\($0)" }
        random = SeededRandom(seed: SeededRandom.mix(seed, UInt64(thread)))
    }

    /// Goes on until it is done or a call fails.
    func run(_ store: Store) {
        do {
            while stepsLeft > 0 {
                try step(store)
                stepsLeft -= 1
            }
        } catch {
            // A number is for one incarnation, also for one that failed.
            incarnation += 2
            ChildSetup.print(
                "err - 0 \((error as? StoreError)?.operation.description ?? "?") "
                    + "\((error as? StoreError)?.code.description ?? "?") \(error)")
        }
    }

    private func step(_ store: Store) throws {
        let name = names[Int.random(in: 0..<names.count, using: &random)]
        guard let info = try store.namespaces(prefix: name).first(where: { $0.name == name }) else {
            return try create(name, store)
        }
        let known = info.attributes["incarnation"].flatMap { Int($0) } ?? 0
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            say("begun", "drop", name, known)
            try store.dropNamespace(name)
            say("finished", "drop", name, known)
        case 1: try rename(name, known, store)
        case 2:
            let version = (info.attributes["version"].flatMap { Int($0) } ?? 0) + 1
            say("begun", "version", name, known, "\(version)")
            try store.namespace(name).setAttribute("version", to: "\(version)")
            say("finished", "version", name, known, "\(version)")
        default:
            // It may have been closed to make room for others.
            let namespace = try store.namespace(name)
            let head = try namespace.get(StreamShape.headKey(known)).flatMap(StreamShape.parseHead) ?? 0
            guard head < shape.window else { return }
            try commit(head + 1, of: known, namespace)
        }
    }

    private func create(_ name: String, _ store: Store) throws {
        say("begun", "create", name, incarnation)
        let attributes = ["incarnation": "\(incarnation)", "version": "0"]
        let namespace = try store.createNamespace(name, options: NamespaceOptions(attributes: attributes))
        say("finished", "create", name, incarnation)
        for sequence in 1...UInt64.random(in: 1...10, using: &random) {
            try commit(sequence, of: incarnation, namespace)
        }
        incarnation += 2
    }

    private func rename(_ name: String, _ known: Int, _ store: Store) throws {
        let taken = Set(try store.namespaces().map(\.name))
        guard let free = names.first(where: { !taken.contains($0) }) else { return }
        say("begun", "rename", name, known, free)
        try store.renameNamespace(name, to: free)
        say("finished", "rename", name, known, free)
    }

    private func say(_ state: String, _ action: String, _ name: String, _ incarnation: Int, _ more: String = "") {
        ChildSetup.print("\(state) \(action) \(name) \(incarnation) \(Clock.now) \(more)")
    }

    private func commit(_ sequence: UInt64, of incarnation: Int, _ namespace: Namespace) throws {
        let begun = Clock.now
        try namespace.write(durability: .synced) { batch in
            for index in 0..<shape.keyCount(incarnation, sequence) {
                batch.put(
                    StreamShape.key(incarnation, sequence, index), shape.value(incarnation, sequence, index))
            }
            batch.put(StreamShape.headKey(incarnation), StreamShape.headValue(sequence))
        }
        let ack = Acknowledgement(
            stream: incarnation, sequence: sequence, begun: begun, acknowledged: Clock.now, isSynced: true)
        ChildSetup.print(ack.line)
    }
}
