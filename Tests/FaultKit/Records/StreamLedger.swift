/// What the driver knows of the streams: what was found when they were last verified, and what was acknowledged since.
package struct StreamLedger {
    package let streams: [Int]
    private var floors: [Int: UInt64] = [:]
    package private(set) var acknowledgements: [Acknowledgement] = []
    /// The highest commit of each stream that failed, and so may be there or not.
    private var attempted: [Int: UInt64] = [:]

    package init(_ streams: [Int]) { self.streams = streams }

    package mutating func note(_ acknowledgement: Acknowledgement) { acknowledgements.append(acknowledgement) }

    package mutating func noteFailure(_ stream: Int, _ sequence: UInt64) {
        attempted[stream] = max(attempted[stream] ?? 0, sequence)
    }

    /// Begins anew with what a verification found.
    package mutating func settle(_ heads: [Int: UInt64]) {
        floors = heads
        acknowledgements = []
        attempted = [:]
    }

    /// The last commit of each stream that was acknowledged before `moment`.
    private func last(before moment: UInt64) -> [Int: UInt64] {
        var last = floors
        for one in acknowledgements where one.acknowledged < moment {
            last[one.stream] = max(last[one.stream] ?? 0, one.sequence)
        }
        return last
    }

    /// Nothing may be missing, and nothing be there that was not at least begun.
    package func judgeNothingLost(_ heads: [Int: UInt64]) -> [String] {
        let last = last(before: .max)
        return streams.compactMap { stream in
            guard let head = heads[stream] else { return "stream \(stream) was not found" }
            let floor = last[stream] ?? 0
            guard head >= floor else { return "stream \(stream) lost commits: \(floor) acknowledged, \(head) there" }
            return judgeAbove(stream, head, floor)
        }
    }

    /// Commits may be missing, but none be there that was not begun: for what is not logged.
    package func judgeNothingInvented(_ heads: [Int: UInt64]) -> [String] {
        let last = last(before: .max)
        return streams.compactMap { judgeAbove($0, heads[$0] ?? 0, last[$0] ?? 0) }
    }

    /// What a copy that was made meanwhile holds must be one moment of all streams together.
    package func judgeMoment(_ heads: [Int: UInt64]) -> [String] {
        let last = last(before: .max)
        let survived = { (one: Acknowledgement) in one.sequence <= heads[one.stream] ?? 0 }
        var violations = streams.compactMap { judgeAbove($0, heads[$0] ?? 0, last[$0] ?? 0) }
        violations += streams.filter { heads[$0] ?? 0 < floors[$0] ?? 0 }.map {
            "stream \($0) is older than the writer"
        }
        let anchor = acknowledgements.filter(survived).map(\.begun).max() ?? 0
        if let hole = acknowledgements.first(where: { $0.acknowledged < anchor && !survived($0) }) {
            violations.append("commit \(hole.sequence) of stream \(hole.stream) is missing, while a later one is there")
        }
        return violations
    }

    private func judgeAbove(_ stream: Int, _ head: UInt64, _ floor: UInt64) -> String? {
        let ceiling = max(floor, attempted[stream] ?? 0) + 1
        return head <= ceiling ? nil : "stream \(stream) has commit \(head), but only \(ceiling) was begun"
    }
}

/// What a power cut took.
package struct CutLoss {
    package var violations: [String] = []
    /// How many commits that were acknowledged before the cut are gone.
    package var lostCommits = 0
    /// How long before the cut the oldest of them was acknowledged, in nanoseconds.
    package var oldestLost: UInt64 = 0
    /// How long before the cut the newest of them was acknowledged.
    package var newestLost: UInt64 = 0
}

extension StreamLedger {
    /// What a power cut at `moment` took, and whether it may have: nothing synced, and of what was buffered in a
    /// namespace only a suffix.
    package func judgeCut(_ heads: [Int: UInt64], at moment: UInt64) -> CutLoss {
        var loss = CutLoss()
        for (stream, floor) in floors where (heads[stream] ?? 0) < floor {
            loss.violations.append(
                "stream \(stream) went back from \(floor), durable before the cut, to \(heads[stream] ?? 0)")
        }
        let last = last(before: .max)
        loss.violations += streams.compactMap { judgeAbove($0, heads[$0] ?? 0, last[$0] ?? 0) }
        loss.violations += suffixViolations(heads, before: moment)

        let lost = acknowledgements.filter {
            $0.acknowledged < moment && $0.sequence > heads[$0.stream] ?? 0
        }
        loss.lostCommits = lost.count
        loss.oldestLost = lost.map { moment - $0.acknowledged }.max() ?? 0
        loss.newestLost = lost.map { moment - $0.acknowledged }.min() ?? 0
        return loss
    }

    /// In a namespace, whatever was acknowledged before the beginning of a commit that must be there, or is, must be
    /// there too.
    private func suffixViolations(_ heads: [Int: UInt64], before moment: UInt64) -> [String] {
        let survived = { (one: Acknowledgement) in one.sequence <= heads[one.stream] ?? 0 }
        var violations: [String] = []
        for (place, all) in Dictionary(grouping: acknowledgements, by: { StreamPlace.namespace(of: $0.stream) }) {
            let name = place ?? "metadata"
            let synced = all.filter { $0.isSynced && $0.acknowledged < moment }
            for one in synced where !survived(one) {
                violations.append("\(name): synced commit \(one.sequence) of stream \(one.stream) is lost")
                break
            }
            let anchor = all.filter { survived($0) || ($0.isSynced && $0.acknowledged < moment) }.map(\.begun).max()
            guard let anchor else { continue }
            if let hole = all.first(where: { $0.acknowledged < anchor && !survived($0) }) {
                violations.append(
                    "\(name): commit \(hole.sequence) of stream \(hole.stream) is lost, while a later one is there")
            }
        }
        return violations
    }
}
