import FoundationEssentials
import Glibc

/// A profile: runs of a load under everything that tells where time, memory and disk go, and a folder with what it told.
///
/// One step after another; one that fails is named, and the others still run.
public struct Profile: Sendable {
    private let options: ProfileOptions

    /// Prepares a profile. Nothing is made yet.
    ///
    /// - Throws: `UsageError` for what cannot be profiled.
    public init(_ options: ProfileOptions) throws(UsageError) {
        try options.validate()
        self.options = options
    }

    /// Makes the profile.
    ///
    /// - Parameter say: is told what begins, a line each.
    /// - Returns: Whether all ran and every answer was right.
    /// - Throws: `UsageError` when there is no place for it, and `Interrupted` when a signal ended it; nothing is left then.
    public func run(stop: StopRequest, say: (String) -> Void) throws -> Bool {
        let folder = try ProfileFolder(in: options.parent, needed: options.neededBytes)
        do {
            let isWhole = try run(in: folder, stop, say)
            folder.removeData()
            return isWhole
        } catch {
            folder.remove()
            throw error
        }
    }

    private func run(in folder: ProfileFolder, _ stop: StopRequest, _ say: (String) -> Void) throws -> Bool {
        let steps = ProfileStep.all(options)
        let progress = ProfileProgress(seconds: steps.map(\.seconds))
        var findings = ProfileFindings(options: options, folder: folder)
        for (place, step) in steps.enumerated() {
            say(progress.text(place, step.name))
            let tools = ProfileTools(
                options: options, folder: folder, runner: StepRunner(stop: stop, tick: progress.tick(place)))
            do {
                try tools.runner.checkStop()
                // What the step before has left to be written would be written while this one is measured.
                sync()
                try step.run(tools, &findings)
            } catch let interrupted as Interrupted {
                throw interrupted
            } catch {
                findings.failures.append((step.name, "\(error)"))
                say("==> failed: \(step.name): \(error)")
            }
            progress.clear()
        }
        if let signal = stop.signal { throw Interrupted(signal: signal, keptData: nil) }
        let report = findings.report
        try folder.write(report.html, to: "index.html")
        try folder.write(report.markdown, to: "README.md")
        for line in findings.result.summary { say(line) }
        say("==> the report is in \(folder.path)/index.html, in words in \(folder.path)/README.md")
        return findings.failures.isEmpty && findings.documents.allSatisfy { $0.errors == 0 }
    }
}
