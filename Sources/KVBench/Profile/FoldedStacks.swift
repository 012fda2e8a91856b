import FoundationEssentials

/// How much was found of each stack of calls: samples, microseconds or bytes.
///
/// As text it is what other tools take too, a stack a line from the outermost function on: `worker;run;write 12`.
struct FoldedStacks: Sendable {
    /// A function: its name and whose it is.
    struct Frame: Hashable, Sendable {
        var name: String
        var layer: CodeLayer
    }

    /// All functions, by the number that stacks have them by.
    private(set) var frames: [Frame] = []
    /// Every stack, the outermost function first.
    private(set) var stacks: [[Int]] = []
    /// How much was found of each.
    private(set) var amounts: [Double] = []
    private var numbers: [Frame: Int] = [:]
    private var places: [[Int]: Int] = [:]

    /// Everything together.
    var total: Double { amounts.reduce(0, +) }
    var isEmpty: Bool { stacks.isEmpty }

    /// The number of a function.
    mutating func number(of frame: Frame) -> Int {
        if let number = numbers[frame] { return number }
        frames.append(frame)
        numbers[frame] = frames.count - 1
        return frames.count - 1
    }

    /// Adds to a stack of functions by their numbers, the outermost first.
    mutating func add(_ stack: [Int], _ amount: Double) {
        if let place = places[stack] {
            amounts[place] += amount
        } else {
            places[stack] = stacks.count
            stacks.append(stack)
            amounts.append(amount)
        }
    }

    /// Adds to a stack by its names.
    mutating func add(_ names: [Frame], _ amount: Double) {
        add(names.map { number(of: $0) }, amount)
    }

    /// Adds all of another one.
    mutating func add(_ other: FoldedStacks) {
        let own = other.frames.map { number(of: $0) }
        for (stack, amount) in zip(other.stacks, other.amounts) { add(stack.map { own[$0] }, amount) }
    }

    // MARK: As text

    /// A stack a line, in the order of the stacks; each layer but that of the load is a mark behind the name.
    var text: String {
        let names = frames.map { $0.name + Self.marks[$0.layer.rawValue] }
        return zip(stacks, amounts).map { stack, amount in
            stack.map { names[$0] }.joined(separator: ";") + " \(Int(amount.rounded()))\n"
        }.sorted().joined()
    }

    /// What tells whose a function is, as far as other tools' names for it go: `_[k]` is the kernel's with them too.
    private static let marks = CodeLayer.allCases.map { layer in
        switch layer {
        case .library: "_[s]"
        case .load: ""
        case .engine: "_[e]"
        case .kernel: "_[k]"
        case .runtime: "_[r]"
        }
    }

    /// Reads what ``text`` wrote; lines that are none are left out.
    init(text: String) {
        self.init()
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            guard let space = line.lastIndex(of: UInt8(ascii: " ")),
                let amount = Double(String(decoding: line[line.index(after: space)...], as: UTF8.self))
            else { continue }
            let names = line[..<space].split(separator: UInt8(ascii: ";"))
            add(names.map { Self.frame(String(decoding: $0, as: UTF8.self)) }, amount)
        }
    }

    init() {}

    private static func frame(_ text: String) -> Frame {
        for layer in CodeLayer.allCases where layer != .load && text.hasSuffix(marks[layer.rawValue]) {
            return Frame(name: String(text.dropLast(marks[layer.rawValue].count)), layer: layer)
        }
        return Frame(name: text, layer: .load)
    }
}

// MARK: What it says

extension FoldedStacks {
    /// A function with what was found in it.
    struct Function: Sendable {
        var frame: Frame
        /// In it alone.
        var own: Double
        /// In it and what it called.
        var all: Double
    }

    /// All functions, those with the most of their own first. The thread, which is every stack's first, is none.
    var functions: [Function] {
        var functions = frames.map { Function(frame: $0, own: 0, all: 0) }
        for (stack, amount) in zip(stacks, amounts) {
            for number in Set(stack.dropFirst()) { functions[number].all += amount }
            if stack.count > 1, let last = stack.last { functions[last].own += amount }
        }
        return functions.filter { $0.all > 0 }.sorted {
            ($1.own, $1.all, $0.frame.name) < ($0.own, $0.all, $1.frame.name)
        }
    }

    /// How much each layer has by itself.
    var layers: [(layer: CodeLayer, amount: Double)] {
        var amounts = [Double](repeating: 0, count: CodeLayer.allCases.count)
        for (stack, amount) in zip(stacks, self.amounts) {
            if stack.count > 1, let last = stack.last { amounts[frames[last].layer.rawValue] += amount }
        }
        return CodeLayer.allCases.map { ($0, amounts[$0.rawValue]) }
    }

    /// The functions that wanted what was done: what runtimes and the kernel did is charged to the innermost function that is
    /// neither. The most first.
    var owners: [Function] {
        var charged: [Int: Double] = [:]
        for (stack, amount) in zip(stacks, amounts) {
            let owner = stack.dropFirst().last { frames[$0].layer != .runtime && frames[$0].layer != .kernel }
            if let number = owner ?? stack.last { charged[number, default: 0] += amount }
        }
        return charged.map { Function(frame: frames[$0.key], own: $0.value, all: $0.value) }
            .sorted { ($1.own, $0.frame.name) < ($0.own, $1.frame.name) }
    }

    /// How much each thread has, by its name; the most first.
    var threads: [(name: String, amount: Double)] {
        var threads: [Int: Double] = [:]
        for (stack, amount) in zip(stacks, amounts) {
            if let first = stack.first { threads[first, default: 0] += amount }
        }
        return threads.map { (frames[$0.key].name, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    /// Whatever has a function in it for which `isMeant` holds.
    func amount(where isMeant: (Frame) -> Bool) -> Double {
        let meant = frames.map(isMeant)
        return zip(stacks, amounts).reduce(0) { $0 + ($1.0.contains { meant[$0] } ? $1.1 : 0) }
    }
}
