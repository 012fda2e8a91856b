/// Requests that gather while the ones before are being served, and are then served together on a thread of the pool.
final class Coalescer<Request: Sendable>: @unchecked Sendable {  // guarded by its lock
    private let lock = Lock(.innermost)
    private var requests: [Request] = []
    private var isServing = false
    private let maxTogether: Int

    /// - Parameter maxTogether: how many requests are served at once at most.
    init(maxTogether: Int) {
        self.maxTogether = maxTogether
    }

    /// Adds a request. `serve` is called on a thread of the pool with what has gathered, never twice at the same time.
    func submit(_ request: Request, on pool: IOPool, _ serve: @escaping @Sendable ([Request]) -> Void) {
        let isFirst = lock.withLock {
            requests.append(request)
            defer { isServing = true }
            return !isServing
        }
        if isFirst { pool.submit { self.serveAll(serve) } }
    }

    private func serveAll(_ serve: @Sendable ([Request]) -> Void) {
        while let together = next() { serve(together) }
    }

    private func next() -> [Request]? {
        lock.withLock {
            guard !requests.isEmpty else {
                isServing = false
                return nil
            }
            guard requests.count > maxTogether else {
                let all = requests
                requests = []
                return all
            }
            let first = Array(requests[..<maxTogether])
            requests.removeFirst(maxTogether)
            return first
        }
    }
}
