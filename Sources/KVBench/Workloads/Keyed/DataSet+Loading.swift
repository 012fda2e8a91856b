extension DataSet {
    private static let batch = 1000

    /// Writes all entries and lets the engine settle, so that a read is not measured against what loading left to do.
    ///
    /// Ends early when `stop` is made.
    func load(into session: some BenchSession, until stop: StopRequest) throws {
        var writer = EntryWriter(self)
        for keyspace in 0..<namespaces {
            var next = keyspace
            while next < count, !stop.isMade {
                let last = min(next + Self.batch * namespaces, count)
                try writer.put(stride(from: next, to: last, by: namespaces), to: session, in: keyspace)
                next += Self.batch * namespaces
            }
        }
        if !stop.isMade { try session.settle() }
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
