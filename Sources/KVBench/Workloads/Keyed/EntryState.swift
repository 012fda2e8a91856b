/// What is known of an entry: how often it was written or deleted, and whether it is there.
struct EntryState: Sendable, Equatable {
    /// As the ledger keeps it: the changes, and in the last two bits the presence. 0 for an entry that was never written.
    let rawValue: UInt32

    private enum Presence: UInt32 {
        case absent, present
        /// Its delete is on its way.
        case leaving
    }

    init(rawValue: UInt32) { self.rawValue = rawValue }

    private init(_ changes: UInt32, _ presence: Presence) { rawValue = changes << 2 | presence.rawValue }

    static func written(_ version: UInt32) -> EntryState { EntryState(version, .present) }

    /// While it is deleted.
    var leaving: EntryState { EntryState(changes, .leaving) }
    /// When it has been deleted.
    var deleted: EntryState { EntryState(changes &+ 1, .absent) }

    /// How often it was written or deleted: the version of its value when it is there.
    private var changes: UInt32 { rawValue >> 2 }

    /// Whether it is there, and nobody is about to delete it.
    var isPresent: Bool { rawValue & 3 == Presence.present.rawValue }
    /// Whether it is not there.
    var isAbsent: Bool { rawValue & 3 == Presence.absent.rawValue }

    /// The version of the value that is there; 0 for none.
    var version: UInt32 { isPresent ? changes : 0 }
    /// The version that the next write makes.
    var nextVersion: UInt32 { changes &+ 1 }
    /// The lowest version that a reader which knows this may still find.
    var leastVersion: UInt32 { isAbsent ? changes &+ 1 : changes }

    /// Whether the entry may have been gone at a moment between an earlier look at it and this one.
    func allowsAbsence(since earlier: EntryState) -> Bool {
        !earlier.isPresent || !isPresent || changes &- earlier.changes >= 2
    }
}
