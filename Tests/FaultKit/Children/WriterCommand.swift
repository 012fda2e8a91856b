internal import Foundation
internal import Glibc
internal import KVStore
internal import SystemPackage

/// The writer process: one thread a stream, each commit printed once it is acknowledged.
package enum WriterCommand {
    package static func run(_ arguments: Arguments) throws {
        let plan = try WriterPlan(arguments)
        ChildSetup.reportLateness()
        var generation = 0
        repeat {
            guard let store = try open(plan) else { return }
            ChildSetup.print("ready")
            writeAll(plan, store)
            ChildSetup.print("closing")
            try close(store, plan)
            generation += 1
        } while plan.reopenEvery > 0 && (plan.generations == 0 || generation < plan.generations)
        ChildSetup.print("done")
    }

    /// Opens the store, again and again if need be and the plan says so.
    private static func open(_ plan: WriterPlan) throws -> Store? {
        let deadline = Clock.after(milliseconds: 20_000)
        while true {
            do {
                return try Store.open(at: FilePath(plan.store), configuration: plan.configuration)
            } catch {
                ChildSetup.print("err - 0 open \(error.code) \(error)")
                if plan.response == .stop { throw error }
            }
            guard Clock.now < deadline else {
                ChildSetup.print("stuck: the store does not open")
                return nil
            }
            Clock.sleep(milliseconds: 50)
        }
    }

    private static func close(_ store: Store, _ plan: WriterPlan) throws {
        do {
            try store.close()
        } catch {
            ChildSetup.print("err - 0 close \(error.code) \(error)")
            if plan.response == .stop { throw error }
        }
    }

    private static func writeAll(_ plan: WriterPlan, _ store: Store) {
        let group = DispatchGroup()
        for stream in plan.streams {
            group.enter()
            Thread.detachNewThread {
                var writer = StreamWriter(stream, plan, store)
                writer.run()
                group.leave()
            }
        }
        group.wait()
    }
}

/// One stream's commits, one after another.
struct StreamWriter {
    private let stream: Int
    private let plan: WriterPlan
    private let store: Store
    private var namespace: Namespace?
    private var random: SeededRandom
    private var head: UInt64 = 0

    init(_ stream: Int, _ plan: WriterPlan, _ store: Store) {
        self.stream = stream
        self.plan = plan
        self.store = store
        random = SeededRandom(seed: SeededRandom.mix(plan.seed, UInt64(stream), Clock.now))
    }

    mutating func run() {
        guard recovered(after: nil) else { return }
        let limit = plan.limit > 0 ? plan.limit : plan.reopenEvery > 0 ? plan.reopenEvery : Int.max
        for _ in 0..<limit {
            let next = head + 1
            do {
                try commit(next)
                head = next
                try checkReads()
                try maintain()
                try copy()
            } catch {
                report(error, next)
                guard plan.response == .recover, recovered(after: next) else { return }
            }
        }
    }

    // MARK: Writing

    private mutating func commit(_ sequence: UInt64) throws {
        guard let namespace else { return }
        let durability = pickDurability()
        let begun = Clock.now
        // Updates that are committed together have the durability of the most demanding of them.
        let isItsOwn = plan.commits == .each && durability == .unlogged
        if random.chance(oneIn: 4), !isItsOwn {
            try update(namespace, sequence, durability)
        } else {
            var batch = WriteBatch()
            fill(sequence, put: { batch.put($0, $1) }, delete: { batch.delete($0) })
            try namespace.commit(batch, durability: durability)
        }
        let isSynced = durability == .synced || stream >= 900
        let ack = Acknowledgement(
            stream: stream, sequence: sequence, begun: begun, acknowledged: Clock.now, isSynced: isSynced)
        ChildSetup.print(ack.line)
    }

    private func update(_ namespace: Namespace, _ sequence: UInt64, _ durability: Durability) throws {
        let found = try namespace.update(durability: durability) { update in
            let found = try update.get(StreamShape.headKey(stream)).flatMap(StreamShape.parseHead) ?? 0
            var puts: [([UInt8], [UInt8])] = []
            var deletes: [[UInt8]] = []
            fill(sequence, put: { puts.append(($0, $1)) }, delete: { deletes.append($0) })
            for (key, value) in puts { update.put(key, value) }
            for key in deletes { update.delete(key) }
            return found
        }
        if found != sequence - 1 { bad("an update read head \(found) where \(sequence - 1) was acknowledged") }
    }

    /// The writes of a commit.
    private func fill(_ sequence: UInt64, put: ([UInt8], [UInt8]) -> Void, delete: ([UInt8]) -> Void) {
        for index in 0..<plan.shape.keyCount(stream, sequence) {
            put(StreamShape.key(stream, sequence, index), plan.shape.value(stream, sequence, index))
        }
        if sequence > plan.shape.window {
            let old = sequence - plan.shape.window
            for index in 0..<plan.shape.keyCount(stream, old) { delete(StreamShape.key(stream, old, index)) }
        }
        put(StreamShape.headKey(stream), StreamShape.headValue(sequence))
    }

    private mutating func pickDurability() -> Durability {
        switch plan.commits {
        case .synced: .synced
        case .buffered: .buffered
        case .unlogged: .unlogged
        case .each: WriterPlan.isUnlogged(stream) ? .unlogged : stream % 3 == 2 ? .synced : .buffered
        case .mixed: random.chance(oneIn: 20) ? .synced : .buffered
        }
    }

    private mutating func maintain() throws {
        guard plan.maintenanceEvery > 0, random.chance(oneIn: plan.maintenanceEvery) else { return }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: try namespace?.compact()
        case 1: try namespace?.sync()
        default: try namespace?.flush()
        }
    }

    /// Copies the store now and then, while the other streams go on.
    private func copy() throws {
        guard plan.copyEvery > 0, stream == plan.streams.first, head.isMultiple(of: UInt64(plan.copyEvery)) else {
            return
        }
        try plan.copy(store, to: "\(plan.copies)/\(head)")
        ChildSetup.print("copied \(head) \(Clock.now)")
    }

    // MARK: Reading

    /// Reads back something of what was written now and then.
    private mutating func checkReads() throws {
        guard let namespace, let kept = plan.shape.kept(head: head) else { return }
        if random.chance(oneIn: 8) {
            let sequence = UInt64.random(in: kept, using: &random)
            let index = Int.random(in: 0..<plan.shape.keyCount(stream, sequence), using: &random)
            let value = try namespace.get(StreamShape.key(stream, sequence, index))
            if value != plan.shape.value(stream, sequence, index) {
                bad("key \(index) of commit \(sequence) is \(value == nil ? "missing" : "wrong"), head \(head)")
            }
        }
        if random.chance(oneIn: 200) {
            let audit = StreamAudit(plan.shape)
            let (found, complaint) = try audit.check(stream, in: namespace)
            if let complaint { bad(complaint) }
            if found != head { bad("head \(found) was read where \(head) was acknowledged") }
        }
    }

    // MARK: Failures

    /// Gets ready to write: for the first time, or after commit `sequence` failed.
    private mutating func recovered(after sequence: UInt64?) -> Bool {
        let deadline = Clock.after(milliseconds: 20_000)
        while Clock.now < deadline {
            do {
                if let sequence, let namespace { try readWhileStopped(namespace, sequence) }
                if sequence != nil { try namespace?.reopen() }
                let namespace = try StreamPlace.columnFamily(of: stream, in: store)
                self.namespace = namespace
                let found = try namespace.get(StreamShape.headKey(stream)).flatMap(StreamShape.parseHead) ?? 0
                if let sequence, found != sequence, found != head {
                    bad("after commit \(sequence) failed, head \(found) was read; \(head) was acknowledged")
                }
                head = found
                return true
            } catch {
                report(error, sequence ?? 0)
                guard plan.response == .recover else { return false }
                Clock.sleep(milliseconds: 50)
            }
        }
        ChildSetup.print("stuck: stream \(stream) does not get going again")
        return false
    }

    /// Reads go on after a failed write.
    private func readWhileStopped(_ namespace: Namespace, _ sequence: UInt64) throws {
        let found = try namespace.get(StreamShape.headKey(stream)).flatMap(StreamShape.parseHead) ?? 0
        guard found == head || found == sequence else {
            bad("while writes are stopped, head \(found) was read; \(head) was acknowledged")
            return
        }
    }

    private func report(_ error: any Error, _ sequence: UInt64) {
        let known = error as? StoreError
        let operation = known.map { "\($0.operation)" } ?? "unknown"
        let code = known.map { "\($0.code)" } ?? "unknown"
        ChildSetup.print("err \(stream) \(sequence) \(operation) \(code) \(error)")
    }

    private func bad(_ text: String) { ChildSetup.print("bad stream \(stream): \(text)") }
}
