/// Names that nobody else gives: random UUIDs (version 4) as text.
enum UniqueID {
    /// A new one, in capital letters.
    static func make() -> String {
        var random = SystemRandomNumberGenerator()
        let high = random.next() & ~0xF000 | 0x4000
        let low = random.next() >> 2 | 1 << 63
        var text = [high, low].map { $0.text(digits: 16, radix: 16, uppercase: true) }.joined()
        for place in [20, 16, 12, 8] { text.insert("-", at: text.utf8.index(text.startIndex, offsetBy: place)) }
        return text
    }

    /// Whether a text is the text of some UUID, in letters of either case.
    static func isOne(_ text: some StringProtocol) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12]
            && parts.joined().allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
    }
}
