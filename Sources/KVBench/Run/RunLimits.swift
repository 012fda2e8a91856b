/// When a run ends, at the first limit that is reached, and how fast it goes.
struct RunLimits: Sendable {
    /// The time that no operation is started after.
    var duration: Duration?
    /// The operations of all workers together.
    var operations: Int?
    /// The operations that all workers together start a second; `nil` for as many as they can.
    var rate: Int?

    /// How many of the operations the worker of that number does.
    func share(of worker: Int, among workers: Int) -> Int {
        guard let operations else { return .max }
        return operations / workers + (worker < operations % workers ? 1 : 0)
    }
}
