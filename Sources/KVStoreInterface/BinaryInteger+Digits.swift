extension BinaryInteger {
    /// The number with at least so many digits, zeros in front; of one that is not negative.
    package func text(digits: Int, radix: Int = 10, uppercase: Bool = false) -> String {
        let text = String(self, radix: radix, uppercase: uppercase)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
