/// One thread that reads the entries that its chooser picks.
struct ReadWorker<Session: BenchSession>: WorkloadWorker {
    var keys: KeyChooser
    var reader: EntryReader
    let session: Session

    mutating func step() throws -> Operation {
        try reader.read(keys.next(), from: session)
        return Operation(kind: .read, bytes: reader.entrySize)
    }
}
