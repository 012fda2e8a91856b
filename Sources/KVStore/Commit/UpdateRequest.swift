/// An update of a task: its closure, and the task that waits for it.
struct UpdateRequest<Target: UpdateTarget>: Sendable {
    let durability: Durability
    /// Decides whether the closure is to run: not when its task was cancelled first.
    let begin: @Sendable () -> Bool
    /// Runs the closure and returns how to tell the task that its group was committed, or was not.
    let run: @Sendable (inout BatchOverlay, UpdateQueue, Target) throws -> @Sendable (Result<Void, StoreError>) -> Void
    /// Tells the task what its closure threw.
    let finish: @Sendable (any Error) -> Void

    init<Success: Sendable>(
        _ call: PendingCall<Success>, _ durability: Durability,
        _ body: @escaping @Sendable (inout BatchOverlay, UpdateQueue, Target) throws -> Success
    ) {
        self.durability = durability
        begin = { call.begin() }
        run = { writes, queue, target in
            let value = try body(&writes, queue, target)
            return { outcome in
                switch outcome {
                case .success: call.finish(.success(value))
                case .failure(let error): call.finish(.failure(error))
                }
            }
        }
        finish = { call.finish(.failure($0)) }
    }

    /// Tells the task, unless it is gone, that its closure will not run.
    func fail(_ error: StoreError) {
        if begin() { finish(error) }
    }
}
