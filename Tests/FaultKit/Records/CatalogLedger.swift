/// What the driver knows of the namespaces of a churning store.
///
/// Each time a namespace is created it is another incarnation of its name, with a number of its own that is also the
/// number of the stream in it.
package struct CatalogLedger {
    private enum State: Equatable {
        case absent
        case creating(Int)
        case present(Int, UInt64)
        case dropping(Int, UInt64)

        var isSettled: Bool {
            switch self {
            case .absent, .present: true
            case .creating, .dropping: false
            }
        }
    }

    private var states: [String: State] = [:]
    package private(set) var nextIncarnation = 1

    package init() {}

    /// Takes a line of the churning process: `begun|finished create|drop <name> <incarnation> <time>`.
    ///
    /// - Parameter moment: what was finished later may have come about or not, and what was begun after that did not.
    package mutating func note(_ words: [String], before moment: UInt64) {
        guard words.count == 5, let incarnation = Int(words[3]), let time = UInt64(words[4]) else { return }
        nextIncarnation = max(nextIncarnation, incarnation + 1)
        let name = words[2]
        let state = states[name] ?? .absent
        guard time < moment || state.isSettled && words[0] == "begun" else { return }
        switch (words[0], words[1], state) {
        case ("begun", "create", _): states[name] = .creating(incarnation)
        case ("finished", "create", .creating(incarnation)): states[name] = .present(incarnation, 0)
        case ("begun", "drop", .present(let old, let count)): states[name] = .dropping(old, count)
        // Its creation failed, and yet it was there.
        case ("begun", "drop", .creating(let old)): states[name] = .dropping(old, 0)
        case ("finished", "drop", _): states[name] = .absent
        default: break
        }
    }

    /// Takes an acknowledged commit to a namespace.
    package mutating func note(_ one: Acknowledgement) {
        for (name, state) in states {
            switch state {
            case .present(one.stream, let count): states[name] = .present(one.stream, max(count, one.sequence))
            case .dropping(one.stream, let count): states[name] = .dropping(one.stream, max(count, one.sequence))
            default: break
            }
        }
    }

    /// Compares with what a verification found, in lines `incarnation <name> <incarnation> <head>`, and begins anew
    /// with that.
    package mutating func judge(_ lines: [[String]]) -> [String] {
        var found: [String: (incarnation: Int, head: UInt64)] = [:]
        for words in lines where words.count == 4 && words[0] == "incarnation" {
            found[words[1]] = (Int(words[2]) ?? 0, UInt64(words[3]) ?? 0)
        }
        let violations = Set(states.keys).union(found.keys).sorted().compactMap { name in
            judge(name, states[name] ?? .absent, found[name])
        }
        states = found.mapValues { .present($0.incarnation, $0.head) }
        return violations
    }

    private func judge(_ name: String, _ state: State, _ found: (incarnation: Int, head: UInt64)?) -> String? {
        switch state {
        case .absent: found == nil ? nil : "\(name) was dropped and is there"
        case .creating(let incarnation):
            // Nothing was acknowledged in it, and nothing of another incarnation may show.
            found.flatMap {
                $0.head == 0 || $0.incarnation == incarnation && $0.head == 1
                    ? nil : "\(name) was being created and holds incarnation \($0.incarnation)"
            }
        case .present(let incarnation, let count):
            found == nil
                ? "\(name) was created and is gone" : found.flatMap { judge(name, incarnation, count, $0) }
        case .dropping(let incarnation, let count): found.flatMap { judge(name, incarnation, count, $0) }
        }
    }

    private func judge(
        _ name: String, _ incarnation: Int, _ count: UInt64, _ found: (incarnation: Int, head: UInt64)
    ) -> String? {
        // An empty namespace does not say which incarnation it is.
        if found.head == 0, count == 0 { return nil }
        guard found.incarnation == incarnation else {
            return "\(name) holds incarnation \(found.incarnation), not \(incarnation)"
        }
        return found.head >= count && found.head <= count + 1
            ? nil : "\(name) holds \(found.head) commits, \(count) were acknowledged"
    }
}
