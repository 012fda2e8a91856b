/// The messages of the load: JSON of a fixed size whose every byte follows from where the message stands, so that a
/// reader can tell a wrong one from its place alone.
struct MessageFormat: Sendable {
    /// The length of every message in bytes, at least `minimumSize`.
    let size: Int
    private let seed: UInt64

    /// The shortest message: all fields, the longest numbers, and an empty value.
    static let minimumSize: Int = {
        var message: [UInt8] = []
        let format = MessageFormat(size: 1024, seed: 0)
        format.write(stream: MessagesWorkload.streams - 1, position: .max, globalPosition: .max, into: &message)
        let value = message.dropLast(end.utf8CodeUnitCount).reversed().prefix { $0 != UInt8(ascii: "\"") }
        return message.count - value.count
    }()

    init(size: Int, seed: UInt64) {
        self.size = size
        self.seed = seed
    }

    /// Replaces the content of `message`. A buffer that is used again costs no allocation.
    func write(stream: Int, position: UInt64, globalPosition: UInt64, into message: inout [UInt8]) {
        if message.count != size { message = [UInt8](repeating: 0, count: size) }
        message.withUnsafeMutableBytes { buffer in
            var random = SplitMix64(seed: seed &+ globalPosition &* 0xd134_2543_de82_ef95)
            var writer = ByteWriter(buffer)
            writer.write("{\"id\":\"")
            writer.writeHexadecimal(32, from: &random)
            writer.write("\",\"type\":\"TestEvent\",\"stream\":\"test-stream-")
            writer.write(UInt64(stream))
            writer.write("\",\"position\":")
            writer.write(position)
            writer.write(",\"globalPosition\":")
            writer.write(globalPosition)
            writer.write(",\"metadata\":{\"category\":\"test\",\"schema\":1},\"time\":")
            writer.write(Self.epoch &+ globalPosition)
            writer.write(",\"data\":{\"value\":\"")
            writer.writeHexadecimal(writer.remaining - Self.end.utf8CodeUnitCount, from: &random)
            writer.write(Self.end)
        }
    }

    private static let end: StaticString = "\"}}"
    /// 2025-01-01 in microseconds: a time that follows from the position can be checked, a clock's cannot.
    private static let epoch: UInt64 = 1_735_689_600_000_000
}
