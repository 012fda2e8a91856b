internal import FaultKit
internal import KVStore

// What is seldom met by chance: operations that belong together, in the order in which they do.
extension OperationSource {
    mutating func beginSequence() {
        let number = number(0...(setup.kinds.count - 1))
        if setup.takesConsumers(number), chance(40) { return followByConsumer(number) }
        switch self.number(0...9) {
        case 0...2: beginLoad(number, isNew: false)
        case 3...4: followLoad(number)
        case 5...6: letExpire()
        case 7: goOnWithCopy()
        default: reopenWhileRead(number)
        }
    }

    /// A load into a namespace that is empty, read while and after it is compacted under a reader.
    mutating func beginLoad(_ number: Int, isNew: Bool) {
        if !isNew {
            add(.drop, number)
            add(.create, number)
        }
        add(.ingest, number) { source, load in
            load.steps = source.load(after: [])
            load.isReversed = false
        }
        if chance(30) { add(.put, number) }
        readWhileCompacting(number)
        if chance(30) {
            add(.restart, number) { $1.count = 0 }
            add(.compare, number)
        }
    }

    /// Compacts while something reads, then reads all.
    private mutating func readWhileCompacting(_ number: Int) {
        switch self.number(0...3) {
        case 0:
            add(.transaction, number) { source, transaction in
                var compaction = Operation(.interfere)
                var compact = Operation(.compact)
                compact.namespace = number
                compaction.steps = [compact]
                var read = Operation(.get)
                read.key = source.key()
                transaction.steps = [compaction, read]
                transaction.count = 1
            }
        case 1:
            add(.openCursor, number) { $1.snapshot = nil }
            add(.compact, number) { ($1.lower, $1.upper, $1.prefix) = (nil, nil, nil) }
            add(.next, number)
        default:
            let handle = self.number(0...2)
            add(.takeSnapshot, number) { $1.handle = handle }
            add(.compact, number) { ($1.lower, $1.upper, $1.prefix) = (nil, nil, nil) }
            readAll(number, handle)
        }
        readAll(number)
    }

    /// A load that somebody who follows the changes must not miss.
    private mutating func followLoad(_ number: Int) {
        let handle = self.number(0...1)
        add(.mark, number) { ($1.handle, $1.namespace) = (handle, number) }
        if chance(30) { add(.put, number) }
        // Beside all that is there, or among it.
        let prefix: [UInt8] = chance(70) ? [0xFF, 0xFF, 0xFF, 0xFF, UInt8(self.number(0...255))] : []
        add(.ingest, number) { $1.steps = $0.load(after: prefix) }
        if chance(30) { add(.put, number) }
        add(.changes, number) { $1.handle = handle }
    }

    /// Entries that expire while a reader is there for which they do not.
    private mutating func letExpire() {
        let (number, handle) = (1, self.number(0...2))
        var keys: [[UInt8]] = []
        for _ in 0..<self.number(1...3) {
            add(.put, number)
            // Not where a process that may be killed puts nothing of that kind.
            if let put = pending.last { keys.append(put.key) }
        }
        if chance(30) { add(.ingest, number) { $1.steps = $0.load(after: []) } }
        add(.takeSnapshot, number) { $1.handle = handle }
        if chance(30) {
            add(.openCursor, number) { source, cursor in
                cursor.snapshot = handle
                (cursor.lower, cursor.upper, cursor.prefix) = (nil, nil, nil)
            }
        }
        add(.advance, number) { $1.count = $0.number(10...30) }
        for key in keys { add(.get, number) { ($1.snapshot, $1.key) = (handle, key) } }
        if chance(50) {
            if chance(50) { add(.flush, number) }
            add(.compact, number) { ($1.lower, $1.upper, $1.prefix) = (nil, nil, nil) }
        }
        readAll(number, handle)
        add(.next, number)
        readAll(number)
    }

    private mutating func readAll(_ number: Int, _ snapshot: Int? = nil) {
        add(.scan, number) { source, scan in
            (scan.lower, scan.upper, scan.prefix, scan.count, scan.snapshot) = (nil, nil, nil, 0, snapshot)
        }
    }

    /// Goes on with a copy, and has each of its namespaces compacted while it is read.
    private mutating func goOnWithCopy() {
        let kind: Operation.Kind = [.copy, .copy, .backup, .checkpoint, .repair][number(0...4)]
        add(kind, namespace) { $1.count = 1 }
        for number in setup.kinds.indices where chance(60) { readWhileCompacting(number) }
    }

    /// Asks for a namespace to be reopened that is being read.
    private mutating func reopenWhileRead(_ number: Int) {
        let handle = self.number(0...3)
        add(.openCursor, number) { source, cursor in
            (cursor.snapshot, cursor.handle) = (nil, handle)
        }
        add(.reopen, number) { source, reopen in
            reopen.count = 1
            reopen.steps = source.meanwhile(number, handle)
        }
    }

    /// What is done with a store that has refused to reopen a namespace.
    mutating func meanwhile(_ number: Int, _ handle: Int? = nil) -> [Operation] {
        (0..<self.number(1...4)).map { _ in
            var step = Operation([.get, .put, .put, .delete, .scan, .next][self.number(0...5)])
            step.namespace = chance(70) ? number : self.number(0...setup.kinds.count)
            fill(&step)
            if step.kind == .next, let handle { step.handle = handle }
            step.snapshot = nil
            return step
        }
    }

    /// Sorted entries to load; each key begins with `prefix`.
    mutating func load(after prefix: [UInt8]) -> [Operation] {
        var keys: Set<[UInt8]> = []
        for _ in 0..<number(1...12) { keys.insert(prefix + key()) }
        return keys.sorted { order($0, $1) < 0 }.map { key in
            var step = Operation(.put)
            step.key = key
            step.value = value()
            return step
        }
    }

    /// Has an operation done next, as `change` makes it of a random one.
    mutating func add(
        _ kind: Operation.Kind, _ namespace: Int,
        _ change: (inout OperationSource, inout Operation) -> Void = { _, _ in }
    ) {
        var operation = Operation(kind)
        operation.namespace = namespace
        let before = pending
        fill(&operation)
        // Only this.
        pending = before
        operation.namespace = namespace
        change(&self, &operation)
        if !isKillable || isKillable(operation) { pending.append(operation) }
    }
}
