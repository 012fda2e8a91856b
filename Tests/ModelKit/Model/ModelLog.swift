internal import KVStore

/// What the changes of a namespace have to tell: its commits in their order, and where something is missing.
///
/// A place is how many slots are before it, and stays what it is: slots are added at the end only.
struct ModelLog {
    private enum Slot: Equatable {
        /// A write, and whether its commit ends with it.
        case write(WriteBatch.Write, isLast: Bool)
        /// A deletion without an upper bound: the store finds the last key, or none to delete, and where entries have
        /// expired both are right.
        case openDeletion(lower: [UInt8])
        /// What a copy of the store was filled with, as a commit or as a gap.
        case filling
        /// Commits that went past the log.
        ///
        /// - Parameters:
        ///   - isOwn: whether they must be told as missing; those of others are only where they share a log.
        ///   - commits: how many commits may follow it that are not told here.
        case gap(isOwn: Bool, commits: Int)
        /// A deletion that the store had nothing to do for.
        case nothing
    }

    private var slots: [Slot] = []
    /// Commits that were made at the same time, in an order that is known when they were read.
    private var unordered: [Range<Int>] = []

    var end: Int { slots.count }

    // MARK: Writing

    mutating func commit(_ writes: [WriteBatch.Write]) {
        for (index, write) in writes.enumerated() {
            slots.append(.write(write.inLog, isLast: index == writes.count - 1))
        }
    }

    mutating func deleteOpen(_ lower: [UInt8]) { slots.append(.openDeletion(lower: lower)) }

    mutating func passBy(isOwn: Bool) { slots.append(.gap(isOwn: isOwn, commits: 0)) }

    /// Begins anew, as the log of a copy does that was filled with what is there.
    mutating func restart() { self = ModelLog(slots: [.filling]) }

    init() {}

    private init(slots: [Slot]) { self.slots = slots }

    /// Has the commits from a place on be in any order.
    mutating func unite(from start: Int) {
        guard start < end else { return }
        let commits = slots[start...]
        let isPassedBy = commits.contains { if case .gap(isOwn: true, _) = $0 { true } else { false } }
        guard isPassedBy else { return unordered.append(start..<end) }
        // Any of them may be behind those that went past the log.
        let count = commits.count
        slots.replaceSubrange(start..., with: [.gap(isOwn: true, commits: count)])
        slots += Array(repeating: .nothing, count: count - 1)
    }

    // MARK: Reading

    /// Whether something may be told as missing behind a place.
    func mayMiss(after place: Int) -> Bool {
        slots[place...].contains { slot in
            switch slot {
            case .gap, .filling: true
            default: false
            }
        }
    }

    /// Takes commits that were read, in order, and notes what only they tell.
    ///
    /// - Returns: the places behind each of them; nil when they are not those that follow a place.
    mutating func read(_ commits: [[WriteBatch.Write]], after start: Int) -> [Int]? {
        var log = self
        var place = start
        var ends: [Int] = []
        for commit in commits {
            guard log.take(commit, &place) else { return nil }
            ends.append(place)
        }
        self = log
        return ends
    }

    /// Takes the commits that are there behind what is missing, up to the end.
    ///
    /// - Parameter isExact: whether none of them may be missing.
    /// - Returns: whether they are those.
    mutating func readRest(_ commits: [[WriteBatch.Write]], after start: Int, isExact: Bool) -> Bool {
        for place in start..<end {
            let mostUntold: Int
            switch slots[place] {
            case .gap(_, let count): mostUntold = count
            case .filling: mostUntold = 0
            case .write(_, isLast: true) where !isExact: mostUntold = 0
            default: continue
            }
            for untold in 0...max(0, min(mostUntold, commits.count - 1))
            where read(Array(commits.dropFirst(untold)), after: place + 1)?.last == end {
                return true
            }
        }
        return false
    }

    private mutating func take(_ commit: [WriteBatch.Write], _ place: inout Int) -> Bool {
        while place < end {
            if let range = unordered.first(where: { $0.contains(place) }) {
                return takeUnordered(commit, &place, range.upperBound)
            }
            switch slots[place] {
            case .nothing, .gap(isOwn: false, _): place += 1
            case .gap: return false
            case .filling:
                place += 1
                var next = place
                // As one commit, unless it is the next one that was told.
                if !takeOrdered(commit, &next) { return true }
                place = next
                return true
            case .openDeletion(let lower):
                if case .deleteRange(lower, _) = commit.first, commit.count == 1 {
                    slots[place] = .write(commit[0], isLast: true)
                } else {
                    slots[place] = .nothing
                }
            case .write: return takeOrdered(commit, &place)
            }
        }
        return false
    }

    private func takeOrdered(_ commit: [WriteBatch.Write], _ place: inout Int) -> Bool {
        for (index, write) in commit.enumerated() {
            guard place < end, slots[place] == .write(write, isLast: index == commit.count - 1) else { return false }
            place += 1
        }
        return !commit.isEmpty
    }

    /// Takes commits that were made at the same time, each to keys of its own, as one or several.
    private mutating func takeUnordered(_ commit: [WriteBatch.Write], _ place: inout Int, _ end: Int) -> Bool {
        for (index, write) in commit.enumerated() {
            let found = (place..<end).first { place in
                if case .write(let candidate, _) = slots[place] { candidate.key == write.key } else { false }
            }
            guard let found, case .write(write, _) = slots[found] else { return false }
            slots.remove(at: found)
            slots.insert(.write(write, isLast: index == commit.count - 1), at: place)
            place += 1
        }
        // From now on their order is known.
        if let index = unordered.firstIndex(where: { $0.upperBound == end }) {
            unordered[index] = place..<end
            if place == end { unordered.remove(at: index) }
        }
        return !commit.isEmpty
    }
}

extension WriteBatch.Write {
    /// As changes tell it.
    fileprivate var inLog: WriteBatch.Write {
        if case .putForTime(let key, let value, _) = self { .put(key: key, value: value) } else { self }
    }

    fileprivate var key: [UInt8] {
        switch self {
        case .put(let key, _), .putForTime(let key, _, _), .merge(let key, _), .delete(let key): key
        case .deleteRange(let lower, _): lower
        }
    }
}
