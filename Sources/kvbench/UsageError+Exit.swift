import ArgumentParser
import KVBench

extension UsageError {
    /// Says what is wrong and gives the exit status for it: the message names the remedy, so no usage text follows.
    var exit: ExitCode {
        Terminal.writeError("kvbench: \(message)\n")
        return .validationFailure
    }
}

/// Runs a command's work and turns what ended it early into an exit status, said on standard error.
func withExitStatus(_ work: () throws -> Void) throws {
    do {
        try work()
    } catch let error as UsageError {
        throw error.exit
    } catch let error as Interrupted {
        Terminal.writeError("kvbench: \(error)\n")
        throw ExitCode(error.exitStatus)
    }
}
