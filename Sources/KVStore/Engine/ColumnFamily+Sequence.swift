extension ColumnFamily {
    /// Makes sure that a number at which the database was opened is come to at the next opening too.
    ///
    /// An empty record, as a sync writes it, may alone have told it after a crash: see ``WALState/promisedSequence``. Where no
    /// commit in the log has it, a mark takes the next one, which no reader sees.
    func keepFound(_ sequence: UInt64) throws(EngineFailure) {
        guard database.log.mayGo(sequence) else { return }
        // With it, the first record of the newest file is one that is complete.
        try database.syncLog()
        guard try !hasLogged(sequence) else { return }
        try database.writeMark(in: family)
        try database.syncLog()
    }

    /// Whether a commit in the log has a number.
    private func hasLogged(_ sequence: UInt64) throws(EngineFailure) -> Bool {
        // No iterator of the engine may meet what is not in the log: it may end the process.
        guard database.log.loggedSince <= sequence else { return false }
        let log = try LogIterator(self, from: sequence)
        while log.isValid {
            let (first, count) = try log.withRecord { (first, bytes) throws(EngineFailure) in
                let record = try LogRecord(first, bytes, family: familyID, after: .max, trailerSize: trailerSize)
                return (record.first, record.count)
            }
            if count > 0 { return first <= sequence }
            log.next()
        }
        return false
    }
}
