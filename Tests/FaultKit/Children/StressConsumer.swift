internal import KVStore

/// Reads the changes of namespaces that all threads share, by consumers of its own: what it puts must come, in order.
final class StressConsumer: StressThread, @unchecked Sendable {  // used by one thread at a time
    private let own: String
    private var count = 0
    /// The numbers that it put and that its consumer in a namespace has not acknowledged; nil where it has no consumer.
    private var pending: [String: [Int]] = [:]
    /// Where each of its consumers is at least.
    private var acknowledged: [String: UInt64] = [:]

    init(_ stress: Stress, _ number: Int) {
        own = "consumer-\(number)"
        super.init(stress, "consumer", number)
    }

    func run() {
        while !isOver {
            let name = Stress.names[number(0..<Stress.names.count)]
            guard let namespace = call("namespace", { try store.namespace(name) }) else { continue }
            switch number(0..<10) {
            case 0: remove(name, namespace)
            case 1: list(name, namespace)
            default: follow(name, namespace)
            }
            if !isOver { Clock.sleep(milliseconds: number(0..<3)) }
        }
    }

    private func remove(_ name: String, _ namespace: Namespace) {
        let own = own
        (pending[name], acknowledged[name]) = (nil, nil)
        if isAsync() {
            call("async removal of a consumer") { try waiting { try await namespace.removeConsumer(own) } }
        } else {
            call("removal of a consumer") { try namespace.removeConsumer(own) }
        }
    }

    private func list(_ name: String, _ namespace: Namespace) {
        let found =
            isAsync()
            ? call("async consumers") { try waiting { try await namespace.consumers() } }
            : call("consumers") { try namespace.consumers() }
        guard let found else { return }
        if found.contains(where: { $0.name == own }) != (pending[name] != nil) {
            bad("the consumers of \(name) are \(found.map(\.name))")
        }
    }

    /// Puts a number and reads up to it.
    private func follow(_ name: String, _ namespace: Namespace) {
        let own = own
        let consumer =
            isAsync()
            ? call("async consumer") { try waiting { try await namespace.consumer(own) } }
            : call("consumer") { try namespace.consumer(own) }
        guard let consumer else { return }
        if pending[name] == nil { pending[name] = [] }
        count += 1
        guard let last = call("put", { try namespace.put("consumed/\(own)", "\(count)").sequence }) else { return }
        pending[name]?.append(count)
        // A loop keeps the namespace from being reopened.
        if stress.holds, number(0..<3) > 0 {
            switch read(consumer, upTo: last) {
            case .nothing: return
            case .missing: return move(consumer, to: last, name)
            case .numbers(let found):
                if found != pending[name] { bad("the changes of \(name) are \(found), not \(pending[name] ?? [])") }
            }
        }
        if number(0..<4) == 0 { return move(consumer, to: last, name) }
        if isAsync() {
            call("async acknowledgement") { try waiting { try await consumer.acknowledge(last) } }
        } else {
            call("acknowledgement") { try consumer.acknowledge(last) }
        }
        check(consumer, at: last, name)
    }

    private func move(_ consumer: ChangeConsumer, to sequence: UInt64, _ name: String) {
        acknowledged[name] = nil
        if isAsync() {
            call("async move of a consumer") { try waiting { try await consumer.move(to: sequence) } }
        } else {
            call("move of a consumer") { try consumer.move(to: sequence) }
        }
        check(consumer, at: sequence, name)
    }

    private func check(_ consumer: ChangeConsumer, at sequence: UInt64, _ name: String) {
        guard !isOver, let position = call("position", { try consumer.position() }) else { return }
        if position != sequence { bad("the consumer of \(name) is at \(position), not at \(sequence)") }
        acknowledged[name] = position
        pending[name] = []
    }

    private enum Reading: Sendable {
        case numbers([Int])
        /// Others write past the log.
        case missing
        /// It failed for a reason that explains it.
        case nothing
    }

    private func read(_ consumer: ChangeConsumer, upTo last: UInt64) -> Reading {
        let key = Array("consumed/\(own)".utf8)
        return call("changes of a consumer", allowing: holding) {
            try waiting {
                var numbers: [Int] = []
                var before: UInt64 = 0
                do {
                    for try await change in consumer.changes() {
                        guard change.sequence > before else { throw FaultFailure("a change came out of order") }
                        before = change.sequence
                        for case .put(key, let value) in change.writes { numbers.append(StressWriter.number(value)) }
                        if change.sequence >= last { break }
                    }
                } catch let error as StoreError where error.code == .changesMissing {
                    return .missing
                }
                return .numbers(numbers)
            }
        } ?? .nothing
    }

    /// To be called when the store was opened again.
    func audit(_ store: Store) throws {
        for (name, sequence) in acknowledged {
            let found = try store.namespace(name).consumers().first { $0.name == own }
            guard let found else {
                bad("its consumer of \(name) is gone")
                continue
            }
            let position = try found.position()
            if position < sequence { bad("its consumer of \(name) went back from \(sequence) to \(position)") }
        }
    }
}
