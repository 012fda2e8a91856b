/// Where the processors' time goes: stacks that were sampled while a load ran.
struct CPUProfile: Sendable {
    var stacks = FoldedStacks()
    var samples = 0
    /// How many of them have a whole stack.
    var whole = 0
    /// The run that was sampled.
    var document: ResultDocument?
    /// Why there are no samples.
    var refusal: String?

    static let rate = 499
    static let folded = "cpu.folded"
    static let picture = "cpu.svg"

    /// Samples a run of the load.
    ///
    /// - Throws: `StepFailure` when the run or perf fails. That perf is not there or not permitted is none.
    static func record(_ tools: ProfileTools) throws -> CPUProfile {
        if let refusal = try Perf.refusal(tools, Perf.sampling(rate)) { return CPUProfile(refusal: refusal) }
        let data = tools.folder.file("perf.data")
        defer { tools.folder.remove("perf.data") }
        let run = tools.options.run(seconds: tools.options.cpuSeconds)
        let document = try tools.load("cpu", run, under: Perf.sampling(rate) + ["-o", data, "--"])
        var profile = try read(tools, data)
        profile.document = document
        return profile
    }

    /// Reads samples and leaves them as text and as a picture.
    static func read(_ tools: ProfileTools, _ data: String) throws -> CPUProfile {
        var script = PerfScript(.onCPU)
        try Perf.read(tools, data, into: &script)
        var profile = CPUProfile()
        (profile.stacks, profile.samples, profile.whole) = (script.stacks, script.samples, script.whole)
        guard profile.samples > 0 else { throw StepFailure("perf took no samples") }
        try tools.folder.write(profile.stacks.text, to: folded)
        try tools.folder.write(profile.graph.svg, to: picture)
        try tools.folder.write(profile.functionText, to: "cpu-functions.txt")
        return profile
    }

    var graph: FlameGraph { FlameGraph("CPU by stack", stacks, .samples) }

    // MARK: As text

    /// All functions that are worth a line.
    var functionText: String {
        let total = max(1, stacks.total)
        var lines: [String] = ["  own %  with what it calls %  whose, function"]
        for function in stacks.functions where function.all / total >= 0.001 {
            func percent(_ amount: Double) -> String {
                let text = "\((100 * amount / total).rounded(toPlaces: 2))"
                return String(repeating: " ", count: max(0, 7 - text.count)) + text
            }
            lines.append(
                "\(percent(function.own))  \(percent(function.all))  \(function.frame.layer.name): \(function.frame.name)"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What this library costs, by function.
    private var ownCosts: [FoldedStacks.Function] { stacks.owners.filter { $0.frame.layer == .library } }

    /// How much was done for a layer, by itself and by runtimes and the kernel.
    private func asked(_ layer: CodeLayer) -> Double {
        stacks.owners.filter { $0.frame.layer == layer }.reduce(0) { $0 + $1.own }
    }

    private func percent(_ amount: Double) -> String {
        "\((100 * amount / max(1, stacks.total)).rounded(toPlaces: 1)) %"
    }

    /// - Parameter plain: the run without samples, to say what sampling costs.
    func section(plain: ResultDocument?) -> ProfileSection {
        guard refusal == nil else {
            return ProfileSection("CPU", [.text("No samples: \(refusal ?? "")")] + withoutSamples(plain))
        }
        let layers = stacks.layers.filter { $0.amount > 0 }
        var blocks: [ProfileBlock] = [
            .text(
                "\(NumberText.grouped(samples)) samples, \(Self.rate) a second of each busy processor, of a run of its own;"
                    + " \(whole * 100 / max(1, samples)) % have their whole stack. A function's own time counts for its"
                    + " layer, so what the engine spends in memcpy is a runtime's; below that as who asked for it."),
            .table(
                "Whose code ran", headings: ["layer"] + layers.map(\.layer.name),
                rows: [
                    ["its own"] + layers.map { percent($0.amount) },
                    ["as who asked for it"] + layers.map { percent(asked($0.layer)) },
                ]),
            .flame(graph, description: description, file: Self.picture),
            .table(
                "Functions with the most of their own (all: cpu-functions.txt; stacks: cpu.folded)",
                headings: ["function", "whose", "own", "with what it calls"],
                rows: stacks.functions.prefix(25).map {
                    [$0.frame.name, $0.frame.layer.name, percent($0.own), percent($0.all)]
                }),
            .table(
                "This library's costs: its functions, with what runtimes and the kernel do for them",
                headings: ["function", "share"], rows: ownCosts.prefix(12).map { [$0.frame.name, percent($0.own)] }),
            .table(
                "Threads, by their names", headings: ["thread", "share"],
                rows: stacks.threads.prefix(12).map { [$0.name, percent($0.amount)] }),
        ]
        if let cost = costText(plain) { blocks.append(.text(cost)) }
        return ProfileSection("CPU", blocks)
    }

    private var description: String {
        let most = stacks.functions.prefix(3).map { "\($0.frame.name) (\(percent($0.own)))" }.joined(separator: ", ")
        return "Most time of their own have \(most)."
    }

    /// What sampling has cost.
    private func costText(_ plain: ResultDocument?) -> String? {
        guard let document, let plain, plain.errors == 0, document.errors == 0 else { return nil }
        let rates = SameWork([[plain], [document]]).rates.map { $0.first ?? nil }
        guard let without = rates[0], let with = rates[1], without > 0 else { return nil }
        let change = (100 * (with / without - 1)).rounded(toPlaces: 1)
        var text =
            "With sampling \(NumberText.grouped(with)) operations a second, without \(NumberText.grouped(without)) up to the"
            + " same work: \(change < 0 ? "" : "+")\(change) %."
        if let own = document.cpuMicrosecondsPerOperation, let other = plain.cpuMicrosecondsPerOperation {
            text += " CPU of an operation: \(own) us and \(other) us."
        }
        if abs(change) > 5 {
            text += " More than 5 % is the machine's noise rather than sampling, which takes one interrupt in 2 ms."
        }
        return text
    }

    /// What is known where perf is not.
    private func withoutSamples(_ plain: ResultDocument?) -> [ProfileBlock] {
        guard let cpu = plain?.cpuMicrosecondsPerOperation else { return [] }
        return [
            .text("What is known without: an operation takes \(cpu) us of CPU, of all threads of the process together.")
        ]
    }
}
