import FoundationEssentials
import Glibc
public import SystemPackage

/// The process that fills a store for another one to open.
public struct StoreFiller {
    private let options: RunOptions
    private let engine: EngineEntry

    /// - Throws: `UsageError` for what cannot be run.
    public init(_ options: RunOptions) throws(UsageError) {
        self.options = options
        engine = try EngineCatalog.entry(named: options.engine)
    }

    /// Writes all entries, makes the file `ready`, and closes the store when its standard input ends, if it is not killed
    /// before.
    ///
    /// - Throws: What the engine says when it fails.
    public func run(in directory: FilePath, ready: FilePath) throws {
        var options = options
        options.workers = 1
        let data = try DataSet(options, valueSize: DataSet.usualValueSize)
        let opened = try engine.open(EngineSettings(options, directory: directory))
        try Self.write(data, to: opened)
        try Data().write(to: URL(filePath: ready.string))
        var byte: UInt8 = 0
        while read(STDIN_FILENO, &byte, 1) > 0 {}
        try opened.close()
    }

    private static func write(_ data: DataSet, to engine: some BenchEngine) throws {
        try data.write(to: engine.makeSession(), until: StopRequest())
    }

    /// Runs such a process to its end.
    ///
    /// - Throws: `RunFailure` when it ends by itself, `Interrupted` when a signal came.
    static func fill(
        _ options: RunOptions, in directory: FilePath, ready: FilePath, end: StoreEnd, _ stop: StopRequest
    ) throws {
        guard let program = realpath("/proc/self/exe", nil) else { throw RunFailure("its own program cannot be found") }
        defer { free(program) }
        let process = try ChildProcess(
            [String(cString: program), "fill-until-told"] + options.arguments
                + ["--data", directory.string, "--ready", ready.string])
        while access(ready.string, F_OK) != 0 {
            if let signal = stop.signal {
                process.send(SIGKILL)
                process.wait()
                throw Interrupted(signal: signal, keptData: nil)
            }
            if let status = process.exitStatus() {
                throw RunFailure("the process that fills the store ended with status \(status)")
            }
            usleep(10_000)
        }
        switch end {
        case .killed: process.send(SIGKILL)
        case .closed: process.closeInput()
        }
        let status = process.wait()
        if end == .closed, status != 0 {
            throw RunFailure("the process that fills the store did not close it: status \(status)")
        }
    }
}
