internal import Synchronization

/// Whether a namespace was used since somebody last looked, for each of those who do: a bit each, set by every call.
struct UseMarks: ~Copyable, Sendable {
    private let bits = Atomic<UInt8>(0)
    private static let forPool: UInt8 = 1
    private static let forNote: UInt8 = 2
    private static let forAll: UInt8 = 3

    @inline(__always)
    func note() {
        if bits.load(ordering: .relaxed) != Self.forAll { bits.store(Self.forAll, ordering: .relaxed) }
    }

    /// Whether it was used since the pool last asked, which makes room.
    func takeForPool() -> Bool { bits.bitwiseAnd(~Self.forPool, ordering: .relaxed).oldValue & Self.forPool != 0 }

    /// Whether it was used since its use was last noted.
    var isUnnoted: Bool { bits.load(ordering: .relaxed) & Self.forNote != 0 }

    /// The same, for the thread that notes it now.
    func takeForNote() -> Bool { bits.bitwiseAnd(~Self.forNote, ordering: .relaxed).oldValue & Self.forNote != 0 }
}
