internal import Foundation
internal import KVStore
internal import Synchronization

extension System {
    func transaction(_ operation: Operation) throws -> Outcome {
        let namespace = try namespace(operation)
        if operation.isAsync { return try asyncTransaction(operation, namespace) }
        let kind = setup.kind(operation.namespace)
        var attempts = 0
        let outcomes = try namespace.transaction(durability: operation.durability, maxAttempts: operation.count) {
            transaction -> [Outcome] in
            attempts += 1
            var (writer, reads) = (transaction, [Outcome]())
            for step in operation.steps {
                switch step.kind {
                case .put, .delete, .merge, .deleteRange: try step.write(in: &writer, kind)
                case .fail: throw Planned()
                case .refuse: reads.append(refusal { try step.write(in: &writer, kind) })
                case .interfere: if attempts == 1 { reads += step.steps.map { apply($0) } }
                default: reads.append(try read(step, from: transaction))
                }
            }
            return reads
        }
        return .several([.number(attempts)] + outcomes)
    }

    /// The same by the form whose closure suspends.
    private func asyncTransaction(_ operation: Operation, _ namespace: Namespace) throws -> Outcome {
        let kind = setup.kind(operation.namespace)
        let attempts = Attempts()
        // The thread that is here waits for all that uses it.
        nonisolated(unsafe) let system = self
        let outcomes = try blocking {
            try await namespace.withTransaction(durability: operation.durability, maxAttempts: operation.count) {
                transaction -> [Outcome] in
                let attempt = attempts.begin()
                var (writer, reads) = (transaction, [Outcome]())
                for step in operation.steps {
                    switch step.kind {
                    case .put, .delete, .merge, .deleteRange: try step.write(in: &writer, kind)
                    case .fail: throw Planned()
                    case .refuse: reads.append(system.refusal { try step.write(in: &writer, kind) })
                    case .interfere:
                        guard attempt == 1 else { continue }
                        // What is done beside it may wait, which threads of Swift concurrency must not.
                        reads += await onThread { step.steps.map { system.apply($0) } }
                    default: reads.append(try await step.read(from: transaction))
                    }
                }
                return reads
            }
        }
        return .several([.number(attempts.count)] + outcomes)
    }

    /// What a step leads to that is refused, after which the transaction goes on.
    private func refusal(_ step: () throws -> Void) -> Outcome {
        do {
            try step()
            return .done
        } catch {
            return failure(error)
        }
    }
}

/// How often the closure of a transaction was run.
private final class Attempts: Sendable {
    private let number = Atomic<Int>(0)

    var count: Int { number.load(ordering: .relaxed) }

    func begin() -> Int { number.add(1, ordering: .relaxed).newValue }
}

/// Runs `body` on a thread of its own while the task is suspended.
private func onThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: body()) }
    }
}
