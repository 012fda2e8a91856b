package import FaultKit
internal import Foundation

/// The long form of the model tests.
///
/// `run --operations N --seed S --minutes N --setups NAME,NAME --without KIND,KIND`, `replay --file FILE`
package enum ModelCommand {
    /// - Returns: the exit status: 0 when store and model agree, 1 otherwise.
    package static func run(_ arguments: Arguments) throws -> Int32 {
        switch arguments.command {
        case "run":
            Cleanup.shared.onSignals()
            return try check(arguments)
        case "replay":
            Cleanup.shared.onSignals()
            return try replay(arguments)
        case "work":
            guard let seed = UInt64(try arguments.required("seed")) else { throw FaultFailure("--seed is no number") }
            let setup = try Setup(named: arguments.required("setup"), seed: seed)
            try KillCheck.work(setup, in: arguments.required("folder"))
        case "shrink":
            Cleanup.shared.onSignals()
            return try shrink(arguments)
        default: throw FaultFailure("unknown command \(arguments.command)")
        }
    }

    private static func check(_ arguments: Arguments) throws -> Int32 {
        let seed = arguments.text("seed").flatMap { UInt64($0) } ?? Seed.fromEnvironment()
        let operations = try arguments.number("operations", default: .max)
        let minutes = try arguments.number("minutes", default: 0)
        var check = ModelCheck(seed: seed, operationsPerRun: try arguments.number("run", default: 20_000))
        if let names = arguments.text("setups")?.split(separator: ",") {
            check.variants = try names.map { try Setup(named: String($0), seed: 0).variant }
        }
        if try arguments.number("profile", default: 0) != 0 { check.profile = OperationProfile() }
        check.firstRun = try arguments.number("first-run", default: 0)
        check.without = Set(
            (arguments.text("without") ?? "").split(separator: ",").compactMap { Operation.Kind(rawValue: String($0)) })
        check.shrinkSeconds = try arguments.number("shrink-seconds", default: check.shrinkSeconds)
        check.trace = arguments.text("trace")
        check.flaw = arguments.text("flaw").flatMap { Model.Flaw(rawValue: $0) }
        check.kills = check.flaw == nil && check.without.isEmpty
        check.report = { $0.split(separator: "\n").forEach { ChildSetup.print(String($0)) } }
        ChildSetup.print("seed \(seed): KVSTORE_SEED=\(seed) repeats this run")
        let start = Clock.now
        let deadline = minutes > 0 ? Clock.after(milliseconds: minutes * 60_000) : .max
        let result = try check.run(operations: operations, until: deadline)
        let seconds = Double(Clock.now - start) / 1e9
        let rate = Int(Double(result.operations) / seconds)
        ChildSetup.print(
            "\(result.operations) operations in \(result.runs) stores, \(result.kills) kills, \(Int(seconds)) s, \(rate) a second, seed \(seed)"
        )
        for line in check.profile?.table ?? [] { ChildSetup.print(line) }
        return result.failure == nil && result.killFailure == nil ? 0 : 1
    }

    private static func shrink(_ arguments: Arguments) throws -> Int32 {
        let path = try arguments.required("file")
        let file = try HistoryFile(String(contentsOfFile: path, encoding: .utf8))
        let seconds = try arguments.number("seconds", default: 300)
        var shrinker = Shrinker(file.setup, seconds: seconds, isApart: true)
        guard let shrunk = shrinker.shrink(file.operations) else {
            ChildSetup.print("played again, the history does not diverge")
            return 0
        }
        let text = HistoryFile(setup: file.setup, operations: shrunk).text
        try text.write(toFile: path + ".shrunk", atomically: true, encoding: .utf8)
        let from = file.operations.count
        ChildSetup.print("\(shrunk.count) of \(from) operations are left in \(path).shrunk, \(shrinker.plays) plays")
        return 1
    }

    private static func replay(_ arguments: Arguments) throws -> Int32 {
        let file = try HistoryFile(String(contentsOfFile: arguments.required("file"), encoding: .utf8))
        guard let divergence = try Run.play(file.operations, file.setup) else {
            ChildSetup.print("store and model agree")
            return 0
        }
        ChildSetup.print("\(divergence)")
        return 1
    }
}
