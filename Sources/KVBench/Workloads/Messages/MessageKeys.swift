/// The keys of the message store. Each buffer is made once and only its digits are rewritten.
struct MessageKeys {
    static let category = "test"
    /// A number of the store before it is set.
    static let zero = [UInt8](repeating: UInt8(ascii: "0"), count: Digits.width)

    /// `GP`: the next global position.
    let globalPosition = Array("GP".utf8)
    /// `M:<global position>`: a message.
    private(set) var message = Array("M:".utf8) + zero
    /// `CI:<category>:<global position>`: the stream of a message.
    private(set) var category = Array("CI:\(Self.category):".utf8) + zero
    private let names: [[UInt8]]
    private let versions: [[UInt8]]
    private let positionPrefixes: [[UInt8]]
    private var positions: [[UInt8]]

    init(streams: Int) {
        names = (0..<streams).map { Array(Self.name($0).utf8) }
        versions = names.map { Array("VI:".utf8) + $0 }
        positionPrefixes = names.map { Array("SI:".utf8) + $0 + [UInt8(ascii: ":")] }
        positions = positionPrefixes.map { $0 + Self.zero }
    }

    /// The name of a stream.
    static func name(_ stream: Int) -> String { "\(category)-stream-\(stream)" }

    /// The name of a stream, as bytes.
    func name(_ stream: Int) -> [UInt8] { names[stream] }

    /// `VI:<stream>`: the position of its last message.
    func version(_ stream: Int) -> [UInt8] { versions[stream] }

    /// `SI:<stream>:`, which all positions of the stream start with.
    func positionPrefix(_ stream: Int) -> [UInt8] { positionPrefixes[stream] }

    /// `SI:<stream>:<position>`: the global position of a message of the stream.
    func position(_ stream: Int) -> [UInt8] { positions[stream] }

    /// Sets the position in the key of that stream.
    mutating func setPosition(_ position: UInt64, of stream: Int) {
        Digits.write(position, into: &positions[stream], at: positionPrefixes[stream].count)
    }

    /// Sets the global position in `message` and `category`.
    mutating func setGlobalPosition(_ position: UInt64) {
        Digits.write(position, into: &message, at: message.count - Digits.width)
        Digits.write(position, into: &category, at: category.count - Digits.width)
    }

    /// The number that a value of the store holds.
    ///
    /// - Throws: `WrongAnswer` when it is anything but 20 decimal digits.
    static func number(_ value: RawSpan) throws -> UInt64 {
        guard let number = Digits.read(value) else {
            throw WrongAnswer("expected a number of \(Digits.width) digits, found \(value.asText)")
        }
        return number
    }
}
