internal import Foundation

extension RoundOutcome {
    /// Runs a child to its end and takes over what it found wrong, and how it ended if that is not as it should.
    ///
    /// - Parameter milliseconds: how long it may take: one that watches its own calls ends before.
    @discardableResult
    mutating func run(_ arguments: [String], in folder: WorkFolder, milliseconds: Int = 180_000) throws -> WriterRun {
        let run = try WriterRun(arguments, errorFile: folder.fresh("stderr"))
        let deadline = Clock.after(milliseconds: milliseconds)
        run.listen(until: deadline)
        let ending = run.process.wait(until: max(deadline, Clock.after(milliseconds: 1000)))
        // The first say it; one wrong thing is often said again and again. Of a call that does not end, all is wanted.
        let isOfHang = { (text: String) in text.hasPrefix("stuck:") || text.hasPrefix("bad stack:") }
        violations += run.complaints.filter { !isOfHang($0) }.prefix(8)
        violations += run.complaints.filter(isOfHang)
        if let disorder = run.disorder(ending) { violations.append(disorder) }
        return run
    }
}
