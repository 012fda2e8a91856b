/// What a seed makes of a store: entries of the application's metadata, of which ranges are deleted too, and namespaces
/// that are created, renamed, changed and dropped. Writer and verifier must be given the same seed.
package struct CatalogScript: Sendable {
    package enum Step: Sendable {
        case put(key: String, value: String)
        case deleteRange(from: String, to: String)
        case create(String), drop(String)
        case rename(String, to: String)
        case attribute(of: String, value: String)
        case putIn(String, key: String)
        case flush
    }

    package let steps: [Step]
    /// What there is after all steps.
    package private(set) var metadata: [String: String] = [:]
    package private(set) var namespaces: [String: Tenant] = [:]

    package struct Tenant: Sendable {
        package var attribute: String?
        package var keys: Set<String> = []
    }

    package init(seed: UInt64) {
        var random = SeededRandom(seed: SeededRandom.mix(seed, 77))
        func key(_ number: Int) -> String { "key \(1000 + number)" }
        var steps: [Step] = []
        var names: [String] = []
        let flushes = random.chance(oneIn: 3)
        for number in 0..<160 {
            switch Int.random(in: 0..<20, using: &random) {
            case 0, 1:
                let start = Int.random(in: 0..<100, using: &random)
                steps.append(.deleteRange(from: key(start), to: key(start + Int.random(in: 1..<30, using: &random))))
            case 2:
                let name = "namespace \(number)"
                names.append(name)
                steps.append(.create(name))
            case 3 where names.count > 2: steps.append(.drop(names.removeFirst()))
            case 4 where !names.isEmpty:
                let name = "renamed \(number)"
                steps.append(.rename(names[0], to: name))
                names[0] = name
            case 5 where !names.isEmpty:
                steps.append(.attribute(of: names[names.count - 1], value: "value \(number)"))
            case 6, 7:
                if let name = names.randomElement(using: &random) { steps.append(.putIn(name, key: key(number))) }
            case 8: if flushes { steps.append(.flush) }
            default:
                let place = Int.random(in: 0..<130, using: &random)
                steps.append(.put(key: key(place), value: "value \(number)"))
            }
        }
        // Something that is in the log alone, whatever came before.
        steps.append(.put(key: key(0), value: "last"))
        steps.append(.deleteRange(from: key(10), to: key(25)))
        self.steps = steps
        for step in steps { apply(step) }
    }

    private mutating func apply(_ step: Step) {
        switch step {
        case .put(let key, let value): metadata[key] = value
        case .deleteRange(let lower, let upper): metadata = metadata.filter { $0.key < lower || $0.key >= upper }
        case .create(let name): namespaces[name] = Tenant()
        case .drop(let name): namespaces[name] = nil
        case .rename(let name, let other): namespaces[other] = namespaces.removeValue(forKey: name)
        case .attribute(let name, let value): namespaces[name]?.attribute = value
        case .putIn(let name, let key): namespaces[name]?.keys.insert(key)
        case .flush: break
        }
    }
}
