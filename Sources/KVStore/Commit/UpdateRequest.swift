/// An update of a task: its closure, and the task that waits for it.
struct UpdateRequest<Target: UpdateTarget>: Sendable {
    let durability: Durability
    /// Decides whether the closure is to run: not when its task was cancelled first.
    let begin: @Sendable () -> Bool
    /// Runs the closure and returns how to tell the task that its group was committed, or was not.
    let run: @Sendable (inout BatchOverlay, UpdateQueue, Target) throws -> Tell
    /// Tells the task what its closure threw.
    let finish: @Sendable (any Error) -> Void

    /// Tells a task what became of its update: its commit is nil when it wrote nothing.
    typealias Tell = @Sendable (Result<UpdateCommit?, StoreError>) -> Void

    /// - Parameter outcome: what the task gets for what its closure returned and its commit.
    init<Value: Sendable, Success: Sendable>(
        _ call: PendingCall<Success>, _ durability: Durability,
        _ body: @escaping @Sendable (inout BatchOverlay, UpdateQueue, Target) throws -> Value,
        outcome: @escaping @Sendable (Value, UpdateCommit?) -> Success
    ) {
        self.durability = durability
        begin = { call.begin() }
        run = { writes, queue, target in
            let value = try body(&writes, queue, target)
            return { commit in
                switch commit {
                case .success(let commit): call.finish(.success(outcome(value, commit)))
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
