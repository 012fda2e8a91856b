/// One thread of the messages load.
struct MessagesWorker<Session: BenchSession>: WorkloadWorker {
    private let namespaces: Int
    private let progress: StreamProgress
    private let session: Session
    private var writer: MessageWriter
    private var reader: MessagePageReader
    private var next: Int
    private var pendingRead: Int?

    init(number: Int, namespaces: Int, format: MessageFormat, progress: StreamProgress, session: Session) {
        self.namespaces = namespaces
        self.progress = progress
        self.session = session
        writer = MessageWriter(format: format)
        reader = MessagePageReader(format: format)
        next = number * 1_000_000
    }

    mutating func step() throws -> Operation {
        if let stream = pendingRead {
            pendingRead = nil
            return try reader.read(
                stream, acknowledged: progress.acknowledged(stream), from: session, in: stream % namespaces)
        }
        let step = next
        next += 1
        writer.stream = step % MessagesWorkload.streams
        try session.run(&writer, in: writer.stream % namespaces)
        progress.acknowledge(writer.stream)
        if step % MessagesWorkload.writesPerRead == 0 {
            pendingRead = writer.stream
        }
        return Operation(kind: .write, entries: MessageWriter.entries, bytes: writer.bytes)
    }
}
