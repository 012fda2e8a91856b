import ArgumentParser
import KVBench

extension UsageError {
    /// Says what is wrong and gives the exit status for it: the message names the remedy, so no usage text follows.
    var exit: ExitCode {
        Terminal.writeError("kvbench: \(message)\n")
        return .validationFailure
    }
}
