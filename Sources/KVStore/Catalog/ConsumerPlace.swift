/// How far a consumer of changes has come, as the catalog has it.
struct ConsumerPlace: Sendable, Equatable {
    /// Up to which number changes were acknowledged.
    var position: UInt64
    /// The number of the last commit that is left of those, where the ones behind it were lost; nil where none were.
    ///
    /// Kept until the consumer is moved: the numbers are given to other commits, so that the position tells nothing soon.
    var lostAfter: UInt64?

    init(_ position: UInt64) { self.position = position }

    private static let separator = " lost after "

    /// Reads ``text``; nil where it is no such text.
    init?(_ text: String) {
        guard let end = text.firstIndex(of: " ") else {
            guard let position = UInt64(text) else { return nil }
            self.init(position)
            return
        }
        guard text[end...].hasPrefix(Self.separator), let position = UInt64(text[..<end]),
            let lostAfter = UInt64(text[end...].dropFirst(Self.separator.count))
        else { return nil }
        self.init(position)
        self.lostAfter = lostAfter
    }

    var text: String { lostAfter.map { "\(position)\(Self.separator)\($0)" } ?? String(position) }

    /// Notes that a database came back with the commits up to a number.
    ///
    /// - Returns: whether some are lost that were acknowledged, and that was not known.
    mutating func noteRecovery(through sequence: UInt64) -> Bool {
        guard sequence < lostAfter ?? position else { return false }
        lostAfter = sequence
        return true
    }
}
