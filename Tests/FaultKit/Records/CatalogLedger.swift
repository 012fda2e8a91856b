internal import Foundation

/// What the driver knows of the namespaces of a churning store.
///
/// Each time a namespace is created it is another incarnation of its name, with a number of its own that is also the
/// number of the stream in it and one of its attributes. Another attribute counts its versions.
package struct CatalogLedger {
    /// What is known of an incarnation.
    private struct Tenant: Equatable {
        let incarnation: Int
        /// How many commits were acknowledged.
        var count: UInt64 = 0
        /// The version that was acknowledged last, and the one that was begun last.
        var version = 0
        var newVersion = 0
    }

    private enum State: Equatable {
        case absent
        case creating(Int)
        case present(Tenant)
        case dropping(Tenant)
        /// It has this name or the other.
        case leaving(Tenant, for: String)
        case awaiting(from: String)

        var tenant: Tenant? {
            get {
                switch self {
                case .present(let tenant), .dropping(let tenant), .leaving(let tenant, _): tenant
                case .absent, .creating, .awaiting: nil
                }
            }
            set {
                guard let newValue else { return }
                switch self {
                case .present: self = .present(newValue)
                case .dropping: self = .dropping(newValue)
                case .leaving(_, let name): self = .leaving(newValue, for: name)
                case .absent, .creating, .awaiting: break
                }
            }
        }
    }

    /// What a verification found under a name.
    private struct Found {
        let incarnation: Int
        let head: UInt64
        let version: Int
    }

    private var states: [String: State] = [:]
    /// What was said since the moment of a power cut, by thread. The disk holds what came of the lines up to any one of
    /// them: a system call that the cut overtakes may still say that it succeeded.
    private var late: [String: [[String]]] = [:]
    /// The last commit that was acknowledged in an incarnation at all, be it while the power was being cut.
    private var reached: [Int: UInt64] = [:]
    package private(set) var nextIncarnation = 1
    /// In how many threads, when it was judged last, calls had said that they succeeded after a cut that overtook them.
    package private(set) var overtaken = 0

    package init() {}

    /// Takes a line of the churning process: `begun|finished create|drop|rename|version <name> <incarnation> <time>`,
    /// and for a rename the new name, for a version its number.
    ///
    /// - Parameter moment: of what was said later, the last part may not have come about.
    package mutating func note(_ words: [String], before moment: UInt64) {
        guard words.count >= 5, let incarnation = Int(words[3]), let time = UInt64(words[4]) else { return }
        nextIncarnation = max(nextIncarnation, incarnation + 1)
        guard time < moment else { return late[Self.thread(words[2]), default: []].append(words) }
        apply(words, incarnation)
    }

    /// Whose a name is.
    private static func thread(_ name: String) -> String {
        name.range(of: "-name-").map { String(name[..<$0.lowerBound]) } ?? ""
    }

    private mutating func apply(_ words: [String], _ incarnation: Int) {
        let (name, other) = (words[2], words.count > 5 ? words[5] : "")
        if words[0] == "begun" { settle(name, isThere: words[1] != "create") }
        switch (words[0], words[1], states[name] ?? .absent) {
        case ("begun", "create", _): states[name] = .creating(incarnation)
        case ("finished", "create", .creating(incarnation)): states[name] = .present(Tenant(incarnation: incarnation))
        case ("begun", "drop", .present(let tenant)): states[name] = .dropping(tenant)
        case ("finished", "drop", _): states[name] = .absent
        case ("begun", "rename", .present(let tenant)):
            settle(other, isThere: false)
            states[name] = .leaving(tenant, for: other)
            states[other] = .awaiting(from: name)
        case ("finished", "rename", .leaving(let tenant, _)):
            states[name] = .absent
            states[other] = .present(tenant)
        case ("begun", "version", _): states[name]?.tenant?.newVersion = Int(other) ?? 0
        case ("finished", "version", _): states[name]?.tenant?.version = Int(other) ?? 0
        default: break
        }
    }

    /// What became of a call that failed, as far as the next call for the name tells.
    private mutating func settle(_ name: String, isThere: Bool) {
        switch states[name] {
        case .creating(let incarnation) where isThere: states[name] = .present(Tenant(incarnation: incarnation))
        case .dropping(let tenant) where isThere: states[name] = .present(tenant)
        case .leaving(let tenant, let other):
            states[name] = isThere ? .present(tenant) : .absent
            states[other] = isThere ? .absent : .present(tenant)
        case .awaiting(let other):
            guard case .leaving(let tenant, _) = states[other] else { break }
            states[name] = isThere ? .present(tenant) : .absent
            states[other] = isThere ? .absent : .present(tenant)
        default: break
        }
    }

    /// Takes an acknowledged commit to a namespace.
    ///
    /// - Parameter moment: what was acknowledged later may be there or not.
    package mutating func note(_ one: Acknowledgement, before moment: UInt64) {
        reached[one.stream] = max(reached[one.stream] ?? 0, one.sequence)
        guard one.acknowledged < moment else { return }
        for (name, state) in states {
            guard let tenant = state.tenant, tenant.incarnation == one.stream else { continue }
            states[name]?.tenant?.count = max(tenant.count, one.sequence)
        }
    }

    /// Compares with what a verification found, in lines `incarnation <name> <incarnation> <head> <version>`, and
    /// begins anew with that.
    package mutating func judge(_ lines: [[String]]) -> [String] {
        var found: [String: Found] = [:]
        for words in lines where words.count == 5 && words[0] == "incarnation" {
            found[words[1]] = Found(
                incarnation: Int(words[2]) ?? 0, head: UInt64(words[3]) ?? 0, version: Int(words[4]) ?? -1)
        }
        let threads = Set(states.keys).union(found.keys).union(late.keys.map { $0 + "-name-" }).map(Self.thread)
        overtaken = 0
        var violations: [String] = []
        for thread in Set(threads).sorted() { violations += judge(thread: thread, found) }
        reached = [:]
        late = [:]
        states = found.mapValues {
            .present(
                Tenant(incarnation: $0.incarnation, count: $0.head, version: $0.version, newVersion: $0.version))
        }
        return violations
    }

    /// Judges the names of a thread: what is found must be what the lines up to some late one come to.
    private mutating func judge(thread: String, _ found: [String: Found]) -> [String] {
        var ledger = self
        let lines = late[thread, default: []]
        var verdicts = [ledger.violations(of: thread, found)]
        for words in lines {
            ledger.apply(words, Int(words[3]) ?? 0)
            verdicts.append(ledger.violations(of: thread, found))
        }
        guard verdicts.contains([]) else {
            let told = lines.map { $0.joined(separator: " ") }
            return verdicts[0] + (told.isEmpty ? [] : ["said after the cut: \(told.joined(separator: "; "))"])
        }
        if verdicts.last != [] { overtaken += 1 }
        return []
    }

    private func violations(of thread: String, _ found: [String: Found]) -> [String] {
        Set(states.keys).union(found.keys).filter { Self.thread($0) == thread }.sorted().compactMap {
            judge($0, states[$0] ?? .absent, found)
        }
    }

    private func judge(_ name: String, _ state: State, _ all: [String: Found]) -> String? {
        let found = all[name]
        switch state {
        case .absent: return found == nil ? nil : "\(name) was dropped or renamed and is there"
        case .creating(let incarnation):
            // Nothing was acknowledged in it, and nothing of another incarnation may show.
            return found.flatMap { judge(name, Tenant(incarnation: incarnation), $0) }
        case .present(let tenant):
            guard let found else { return "\(name) was created or renamed and is gone" }
            return judge(name, tenant, found)
        case .dropping(let tenant): return found.flatMap { judge(name, tenant, $0) }
        case .leaving(let tenant, let other):
            guard (found == nil) != (all[other] == nil) else {
                return "\(name) was being renamed to \(other) and has \(found == nil ? "neither name" : "both names")"
            }
            return (found ?? all[other]).flatMap { judge("\(name) or \(other)", tenant, $0) }
        case .awaiting: return nil
        }
    }

    private func judge(_ name: String, _ tenant: Tenant, _ found: Found) -> String? {
        guard found.incarnation == tenant.incarnation else {
            return "\(name) holds incarnation \(found.incarnation), not \(tenant.incarnation)"
        }
        guard found.version >= tenant.version, found.version <= max(tenant.version, tenant.newVersion) else {
            return
                "\(name) has version \(found.version), \(tenant.version) was acknowledged, \(tenant.newVersion) begun"
        }
        let begun = max(tenant.count, reached[tenant.incarnation] ?? 0) + 1
        return found.head >= tenant.count && found.head <= begun
            ? nil : "\(name) holds \(found.head) commits, \(tenant.count) were acknowledged"
    }
}
