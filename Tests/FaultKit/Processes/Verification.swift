/// What a verifying process found.
package struct Verification {
    package private(set) var heads: [Int: UInt64] = [:]
    package private(set) var complaints: [String] = []
    /// How the verifying process ended.
    package let ending: ChildProcess.Ending
    /// What it wrote to standard error.
    package let errorText: String

    /// Opens the store of a plan in a process of its own and reads all of it.
    ///
    /// - Parameter copy: where to make a copy of it then.
    package init(_ plan: WriterPlan, copyingTo copy: String? = nil, errorFile: String) throws {
        var arguments = plan.arguments
        arguments[0] = "verify"
        if let copy { arguments += ["--copy-to", copy] }
        let run = try WriterRun(arguments, errorFile: errorFile)
        run.listen(until: Clock.after(milliseconds: 60_000))
        ending = run.process.wait(until: Clock.after(milliseconds: 10_000))
        errorText = run.process.errorText
        complaints = run.complaints
        if let disorder = run.disorder(ending) { complaints.append("while verifying, \(disorder)") }
        for words in run.otherLines where words.count == 3 && words[0] == "head" {
            if let stream = Int(words[1]) { heads[stream] = UInt64(words[2]) }
        }
    }
}
