extension DataSet {
    /// Goes through all entries below ``count``, in each namespace in order: those that the engine has, with their values,
    /// and those that it has not. To be called when nothing writes any more.
    ///
    /// - Throws: `WrongAnswer` for a key that is out of order or that no entry has, and what the closures throw.
    func walk(
        _ session: some BenchSession, found: (_ index: Int, _ value: RawSpan) throws -> Void,
        missing: (_ index: Int) throws -> Void
    ) throws {
        var key = KeyFormat(size: keySize)
        for keyspace in 0..<namespaces {
            key.set(keyspace)
            let first = key.bytes
            var next = keyspace
            try session.scan(from: first.span.bytes, limit: .max, in: keyspace) { shown, value in
                guard let index = KeyFormat.index(of: shown), shown.byteCount == keySize,
                    (next..<count).contains(index),
                    self.keyspace(of: index) == keyspace
                else { throw WrongAnswer("a scan shows \(shown.asText), which is out of order or was never written") }
                while next < index {
                    try missing(next)
                    next += namespaces
                }
                try found(index, value)
                next += namespaces
            }
            while next < count {
                try missing(next)
                next += namespaces
            }
        }
    }

    /// The key of an entry, for a message.
    func keyText(_ index: Int) -> String {
        var key = KeyFormat(size: keySize)
        key.set(index)
        return key.bytes.asText
    }
}
