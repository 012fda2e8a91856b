import CCounters
import CHarness

/// One operation in Swift and its twin in C.
struct CountedPair {
    let name: String
    let operations: Int
    /// Whether the work is done by other threads than the caller's too, which are counted then.
    var isAsync = false
    /// How many keys one operation is about.
    var keys = 1
    let c: (_ operations: UInt64) -> Void
    let swift: (_ operations: Int) throws -> Void

    /// Counts both in turn, after both have run once uncounted.
    ///
    /// - Returns: the allocations of one operation, in C and in Swift.
    func count(rounds: Int = 2) throws -> (c: Double, swift: Double) {
        var allocations = (c: UInt64(0), swift: UInt64(0))
        thread += 1
        try onThread { c(UInt64(operations)) }
        try onThread { try swift(operations) }
        for _ in 0..<rounds {
            thread += 1
            allocations.c += try count("c") { c(UInt64(operations)) }
            allocations.swift += try count("swift") { try swift(operations) }
        }
        let total = Double(rounds * operations)
        return (Double(allocations.c) / total, Double(allocations.swift) / total)
    }

    /// Runs both in turn and takes the time.
    ///
    /// - Parameter operations: how many at a time.
    /// - Returns: nanoseconds of one operation in each round, in C and in Swift.
    func time(_ operations: Int, rounds: Int) throws -> [(c: Double, swift: Double)] {
        c(UInt64(operations))
        try swift(operations)
        return try (0..<rounds).map { round in
            func time(_ body: () throws -> Void) rethrows -> Double {
                let took = try ContinuousClock().measure(body).components
                return (Double(took.seconds) * 1e9 + Double(took.attoseconds) / 1e9) / Double(operations)
            }
            guard round % 2 == 0 else {
                let swift = try time { try self.swift(operations) }
                return (time { self.c(UInt64(operations)) }, swift)
            }
            let c = time { self.c(UInt64(operations)) }
            return (c, try time { try self.swift(operations) })
        }
    }

    private func count(_ language: String, _ body: () throws -> Void) throws -> UInt64 {
        try onThread {
            let before = isAsync ? counters_all_allocations() : counters_own_allocations()
            counters_begin()
            try body()
            counters_end("\(name)/\(language)/\(operations)")
            return (isAsync ? counters_all_allocations() : counters_own_allocations()) - before
        }
    }
}

/// Where C and Swift run in turn, so that the engine draws the same random numbers for both: see `counters_on_thread`.
nonisolated(unsafe) private var thread: Int32 = 0

private func onThread<Value>(_ body: () throws -> Value) throws -> Value {
    var result: Result<Value, any Error>?
    withoutActuallyEscaping({ result = Result(catching: body) }) { run in
        var run = run
        withUnsafeMutablePointer(to: &run) {
            counters_on_thread(thread, { $0.assumingMemoryBound(to: (() -> Void).self).pointee() }, $0)
        }
    }
    return try result!.get()
}
