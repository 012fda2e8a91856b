/// One thread that reads the entries that its chooser picks.
struct ReadWorker<Session: BenchSession>: WorkloadWorker {
    var keys: KeyChooser
    var reader: EntryReader
    let session: Session

    mutating func step() throws -> OperationKind {
        try reader.read(keys.next(), from: session)
        return .read
    }
}
