import FoundationEssentials
import Glibc
import SystemPackage

/// What the steps of a profile work with.
struct ProfileTools: Sendable {
    let options: ProfileOptions
    let folder: ProfileFolder
    let runner: StepRunner

    /// This program.
    var program: String {
        get throws {
            guard let found = realpath("/proc/self/exe", nil) else {
                throw StepFailure("its own program cannot be found")
            }
            defer { free(found) }
            return String(cString: found)
        }
    }

    /// A run of the load on a fresh store, in a process of its own; its table and its document go into the folder.
    ///
    /// - Parameters:
    ///   - name: that of the files.
    ///   - watcher: a program that starts it and watches, with its arguments.
    ///   - command: the kind of run, with what only it takes.
    /// - Throws: `StepFailure` when there is no document in the end.
    func load(
        _ name: String, _ run: RunOptions, under watcher: [String] = [], command: [String] = ["run"]
    ) throws -> ResultDocument {
        folder.removeData()
        var run = run
        if options.opensStores {
            try FileManager.default.createDirectory(atPath: folder.data, withIntermediateDirectories: true)
            run.scratch = FilePath(folder.data)
        } else {
            run.data = FilePath(folder.data)
        }
        let json = folder.file("\(name).json")
        let (table, log) = (folder.file("\(name).txt"), folder.file("\(name).log"))
        let arguments = watcher + [try program] + command + run.arguments + ["--json", json]
        let status = try runner.run(
            arguments, output: table, errors: log, seconds: Int(run.duration?.inSeconds ?? 30) + 10)
        guard let bytes = try? Data(contentsOf: URL(filePath: json)),
            let document = try? JSONDecoder().decode(ResultDocument.self, from: bytes)
        else {
            throw StepFailure("it ended with status \(status) and without a result: \(lastLine(of: "\(name).log"))")
        }
        if lastLine(of: "\(name).log").isEmpty { folder.remove("\(name).log") }
        return document
    }

    /// Puts the data of the run that was done last where it stays.
    func keepData() throws {
        guard rename(folder.data, folder.file("kept-data")) == 0 else { throw StepFailure("the data cannot be kept") }
    }

    /// What a program said last, without the line break.
    func lastLine(of name: String) -> String {
        folder.read(name)?.split(separator: "\n").last.map(String.init) ?? ""
    }
}
