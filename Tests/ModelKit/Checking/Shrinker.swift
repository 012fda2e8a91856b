internal import FaultKit
internal import Foundation

/// Makes a history that diverges as short as it can be: delta debugging. Parts of the history are left out and the rest
/// is played again; what still diverges is kept.
package struct Shrinker {
    private let setup: Setup
    private let flaw: Model.Flaw?
    private let deadline: UInt64
    /// Whether each history is played in a process of its own, since it may end that.
    private let isApart: Bool
    /// Whether it takes the comparison at the end for the history to diverge.
    private var needsFinish = false
    private(set) package var plays = 0

    package init(_ setup: Setup, flaw: Model.Flaw? = nil, seconds: Int = 120, isApart: Bool = false) {
        self.setup = setup
        self.flaw = flaw
        self.isApart = isApart
        deadline = Clock.after(milliseconds: seconds * 1000)
    }

    /// - Returns: the shortest history that was found, nil when the one given does not diverge again.
    package mutating func shrink(_ history: [Operation]) -> [Operation]? {
        var found = played(history)
        if found == nil {
            needsFinish = true
            found = played(history)
        }
        guard var best = found else { return nil }
        var hasShrunk = true
        while hasShrunk {
            hasShrunk = false
            for shrunk in [withoutOperations(best), withoutSteps(best), withSmallValues(best)] where shrunk != best {
                if cost(shrunk) < cost(best) {
                    best = shrunk
                    hasShrunk = true
                    break
                }
            }
        }
        return best
    }

    private func cost(_ history: [Operation]) -> Int {
        history.reduce(0) { sum, operation in sum + 1 + cost(operation.steps) + (operation.value.count > 1 ? 1 : 0) }
    }

    /// The history up to where it diverges, nil when it does not.
    private mutating func played(_ history: [Operation]) -> [Operation]? {
        guard Clock.now < deadline else { return nil }
        plays += 1
        if isApart { return playedApart(history) }
        guard let divergence = try? Run.play(history, setup, flaw: flaw, finishes: needsFinish) else { return nil }
        return Array(history.prefix(divergence.index + 1))
    }

    private func playedApart(_ history: [Operation]) -> [Operation]? {
        guard let folder = try? WorkFolder("replay", inMemory: true) else { return nil }
        let file = folder.fresh("history")
        let text = HistoryFile(setup: setup, operations: history).text
        do {
            try text.write(toFile: file, atomically: false, encoding: .utf8)
            let child = try ChildProcess(
                Programs.modelChecker, ["replay", "--file", file], environment: ["KVSTORE_TEST_FOLDER": folder.path],
                errorFile: folder.fresh("error"))
            var place = history.count
            child.readLines(until: Clock.after(milliseconds: 60_000)) { line in
                if line.hasPrefix("operation "), let index = Int(line.dropFirst(10).prefix { $0.isNumber }) {
                    place = min(place, index + 1)
                }
                return true
            }
            let ending = child.wait(until: Clock.after(milliseconds: 1000))
            return ending == .exited(0) ? nil : Array(history.prefix(place))
        } catch {
            return nil
        }
    }

    private mutating func withoutOperations(_ history: [Operation]) -> [Operation] {
        var best = history
        // Large parts first.
        var size = max(1, best.count / 2)
        while true {
            var start = 0
            while start < best.count {
                var candidate = best
                candidate.removeSubrange(start..<min(best.count, start + size))
                if let shorter = played(candidate) {
                    best = shorter
                } else {
                    start += size
                }
            }
            if size == 1 || Clock.now >= deadline { return best }
            size = max(1, size / 2)
        }
    }

    private mutating func withoutSteps(_ history: [Operation]) -> [Operation] {
        var best = history
        for index in best.indices where best[index].steps.count > 1 {
            let rest = best
            var operation = best[index]
            let count = operation.steps.count
            for place in (0..<count).reversed() where operation.steps.count > 1 {
                var candidate = operation
                candidate.steps.remove(at: place)
                var whole = rest
                whole[index] = candidate
                if let shorter = played(whole), shorter.count == whole.count { operation = candidate }
            }
            best[index] = operation
        }
        return best
    }

    private mutating func withSmallValues(_ history: [Operation]) -> [Operation] {
        var best = history
        for index in best.indices where best[index].value.count > 1 {
            var whole = best
            whole[index].value.count = 1
            if let shorter = played(whole), shorter.count == whole.count { best = whole }
        }
        return best
    }
}
