/// One call: when it began and ended, and what it said.
struct Event: Sendable {
    enum Outcome: Sendable {
        case created(UInt64), existed, dropped, missing, found(UInt64), used(UInt64), gone(UInt64), failed(String)
    }

    let name: String
    let start: UInt64
    let end: UInt64
    let outcome: Outcome
}

/// What all threads saw, and whether each answer was true at some moment during its call.
///
/// Creations and drops of a name take turns, so the n-th incarnation, by its id, was there between the n-th creation
/// and the n-th drop. Each took effect at some moment between its beginning and its end; an answer is false when it is
/// so for every choice of those moments.
struct History {
    private let events: [Event]

    init(_ events: [Event]) { self.events = events }

    var summary: String {
        var counts: [String: Int] = [:]
        for event in events {
            let kind = "\(event.outcome)".prefix { $0 != "(" }
            counts[String(kind), default: 0] += 1
        }
        return counts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    func violations() -> [String] {
        Dictionary(grouping: events, by: \.name).sorted { $0.key < $1.key }.flatMap { name, events in
            let turns = Turns(events)
            return events.compactMap { event in
                turns.objection(to: event).map { "\(name): \($0), from \(event.start) to \(event.end)" }
            }
        }
    }
}

/// The creations and drops of one name.
private struct Turns {
    /// The number of each incarnation, from 1 on, by its id.
    private var numbers: [UInt64: Int] = [:]
    private let createStarts: [UInt64]
    private let createEnds: [UInt64]
    private let dropStarts: [UInt64]
    private let dropEnds: [UInt64]

    init(_ events: [Event]) {
        var ids: [UInt64] = []
        var (creates, drops): ([Event], [Event]) = ([], [])
        for event in events {
            if case .created(let id) = event.outcome {
                creates.append(event)
                ids.append(id)
            } else if case .dropped = event.outcome {
                drops.append(event)
            }
        }
        for (index, id) in ids.sorted().enumerated() { numbers[id] = index + 1 }
        createStarts = creates.map(\.start).sorted()
        createEnds = creates.map(\.end).sorted()
        dropStarts = drops.map(\.start).sorted()
        dropEnds = drops.map(\.end).sorted()
    }

    func objection(to event: Event) -> String? {
        let (start, end) = (event.start, event.end)
        switch event.outcome {
        case .failed(let text): return "a call failed: \(text)"
        case .created:
            return count(createEnds, before: start) > count(dropStarts, before: end)
                ? "created while it was there all the time" : nil
        case .existed:
            return count(createStarts, before: end) <= count(dropEnds, before: start)
                ? "said to exist while it was not there" : nil
        case .dropped:
            return count(createStarts, before: end) <= count(dropEnds, before: start)
                ? "dropped while it was not there" : nil
        case .missing:
            return count(createEnds, before: start) > count(dropStarts, before: end)
                ? "said to be missing while it was there all the time" : nil
        case .found(let id), .used(let id):
            guard let number = numbers[id] else { return "incarnation \(id) was never created" }
            return count(dropEnds, before: start) >= number ? "incarnation \(id) used after it was dropped" : nil
        case .gone(let id):
            guard let number = numbers[id] else { return "incarnation \(id) was never created" }
            return count(dropStarts, before: end) < number ? "incarnation \(id) said to be dropped and was not" : nil
        }
    }

    /// How many of the sorted moments are before another.
    private func count(_ moments: [UInt64], before moment: UInt64) -> Int {
        var (low, high) = (0, moments.count)
        while low < high {
            let middle = (low + high) / 2
            if moments[middle] < moment { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
