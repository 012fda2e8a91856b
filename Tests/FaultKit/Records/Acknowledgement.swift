/// One acknowledged commit, as a writer prints it: `ack <stream> <sequence> <begun> <acknowledged> <durability>`, times
/// in monotonic nanoseconds.
package struct Acknowledgement: Sendable {
    package let stream: Int
    package let sequence: UInt64
    package let begun: UInt64
    package let acknowledged: UInt64
    package let isSynced: Bool

    package init(stream: Int, sequence: UInt64, begun: UInt64, acknowledged: UInt64, isSynced: Bool) {
        self.stream = stream
        self.sequence = sequence
        self.begun = begun
        self.acknowledged = acknowledged
        self.isSynced = isSynced
    }

    package var line: String {
        "ack \(stream) \(sequence) \(begun) \(acknowledged) \(isSynced ? "synced" : "buffered")"
    }

    package init?(_ words: [Substring]) {
        guard words.count == 6, words[0] == "ack", let stream = Int(words[1]), let sequence = UInt64(words[2]),
            let begun = UInt64(words[3]), let acknowledged = UInt64(words[4])
        else { return nil }
        self.init(
            stream: stream, sequence: sequence, begun: begun, acknowledged: acknowledged,
            isSynced: words[5] == "synced")
    }
}
