public import FoundationEssentials
public import KVStoreInterface

extension Date {
    /// The date of a moment, to some hundred nanoseconds.
    public init(_ moment: Timestamp) {
        self.init(timeIntervalSince1970: Double(moment.nanoseconds) / 1e9)
    }
}

extension Timestamp {
    /// The moment of a date; the first or the last there is for a date beyond, and 1970 for none.
    public init(_ date: Date) {
        let nanoseconds = (date.timeIntervalSince1970 * 1e9).rounded()
        if let whole = Int64(exactly: nanoseconds) {
            self.init(nanoseconds: whole)
        } else {
            self.init(nanoseconds: nanoseconds.isNaN ? 0 : nanoseconds < 0 ? .min : .max)
        }
    }
}
