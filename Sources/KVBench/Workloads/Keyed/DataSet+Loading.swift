extension DataSet {
    private static let batch = 1000

    /// Writes the entries that are not there and lets the engine settle, so that a read is not measured against what loading
    /// left to do. What an earlier workload or run has left stays as it is.
    ///
    /// Ends early when `stop` is made.
    func load(into session: some BenchSession, until stop: StopRequest) throws {
        let wasComplete = try !write(to: session, until: stop)
        if !wasComplete, !stop.isMade { try session.settle() }
    }

    /// Writes the entries that are not there.
    ///
    /// - Returns: Whether there were any.
    @discardableResult
    func write(to session: some BenchSession, until stop: StopRequest) throws -> Bool {
        var writer = EntryWriter(self)
        var wrote = false
        for keyspace in 0..<namespaces {
            var next = keyspace
            while next < count, !stop.isMade {
                let last = min(next + Self.batch * namespaces, count)
                let missing = stride(from: next, to: last, by: namespaces).filter { !ledger.state(of: $0).isPresent }
                if !missing.isEmpty {
                    try writer.put(missing, to: session, in: keyspace)
                    wrote = true
                }
                next += Self.batch * namespaces
            }
        }
        return wrote
    }

    /// Compares the whole of the engine's content with what was acknowledged: a lost write or delete shows here even
    /// where nothing was read. To be called when nothing writes any more.
    ///
    /// - Returns: The first thing that is wrong.
    func check(_ session: some BenchSession) throws -> [String] {
        var reader = EntryReader(self)
        do {
            for keyspace in 0..<namespaces {
                try reader.scan(from: keyspace, limit: .max, of: session) {
                    ledger.version(of: $0) > 0 ? .required : .absent
                }
            }
            return []
        } catch let error as WrongAnswer {
            return ["after the run: \(error)"]
        }
    }
}
