internal import Synchronization

/// The gate that calls pass: one word that says how many are inside, and whether more may come. Passing it is one atomic
/// addition, and another on the way out.
///
/// It never waits. The thread that has stopped a slot closes and opens it, and waits for the calls inside by what
/// ``leave()`` tells: see ``NamespaceSlot``.
struct NamespaceGate: ~Copyable, Sendable {
    /// Whom an open gate lets pass.
    enum Callers {
        /// Everybody.
        case all
        /// Also a gate that is closed to all but those who hold the column family since an earlier call.
        case holders
    }

    private let word = Atomic<UInt64>(0)
    private static let openBit: UInt64 = 1 << 63
    private static let heldBit: UInt64 = 1 << 62

    /// Comes in; to be left also when it was closed.
    ///
    /// - Returns: whether it was open.
    @inline(__always)
    func enter(_ callers: Callers) -> Bool {
        let bits = callers == .all ? Self.openBit : Self.openBit | Self.heldBit
        return word.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue & bits != 0
    }

    /// Passes the gate if it is open, and leaves it untouched if not: leaving a closed one wakes the thread that closed
    /// it.
    @inline(__always)
    func enterIfOpen() -> Bool {
        var old = word.load(ordering: .relaxed)
        while old & Self.openBit != 0 {
            let (exchanged, original) = word.weakCompareExchange(
                expected: old, desired: old + 1, ordering: .acquiringAndReleasing)
            if exchanged { return true }
            old = original
        }
        return false
    }

    /// Passes it although it is closed.
    func enterClosed() { word.wrappingAdd(1, ordering: .acquiringAndReleasing) }

    /// - Returns: whether the caller was the last one inside of a closed gate, which somebody may wait for.
    @inline(__always)
    func leave() -> Bool { word.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 }

    /// Lets all pass.
    func open() { word.bitwiseOr(Self.openBit, ordering: .acquiringAndReleasing) }

    /// Lets nobody come in; those who hold the column family still do where they could.
    func close() { word.bitwiseAnd(~Self.openBit, ordering: .acquiringAndReleasing) }

    /// Lets nobody pass but those who hold the column family.
    func holdBack() {
        word.bitwiseOr(Self.heldBit, ordering: .acquiringAndReleasing)
        close()
    }

    /// Ends ``holdBack()``, which leaves the gate as open or closed as it is.
    func endHoldingBack() { word.bitwiseAnd(~Self.heldBit, ordering: .acquiringAndReleasing) }

    /// Lets nobody pass.
    func shut() { word.bitwiseAnd(~(Self.openBit | Self.heldBit), ordering: .acquiringAndReleasing) }

    /// Closes it for good, and has nobody who leaves it think to be the last one inside, who tells others.
    func endInForkedChild() { word.store(1 << 32, ordering: .relaxed) }

    var isOpen: Bool { word.load(ordering: .relaxed) & Self.openBit != 0 }

    /// Whether it lets those pass who hold the column family, and nobody else.
    var isHeldBack: Bool { word.load(ordering: .relaxed) & Self.heldBit != 0 }

    /// Whether it lets nobody pass and nobody is inside.
    var isShutAndEmpty: Bool { word.load(ordering: .acquiring) == 0 }

    /// Whether calls are inside.
    var isInside: Bool { word.load(ordering: .acquiring) & ~(Self.openBit | Self.heldBit) != 0 }
}
