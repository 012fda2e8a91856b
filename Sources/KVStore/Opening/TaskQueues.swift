/// The commits of tasks, and their updates, while they wait for a thread. They outlive a column family that is closed to
/// make room.
struct TaskQueues: Sendable {
    let commits = TaskGroupCommit<LoggedCommit>()
    let updates = Coalescer<UpdateRequest<NamespaceUpdates>>(maxTogether: 1024)
}
