@testable import KVBench

extension RunOptions {
    /// Those of a run that is looked at only at its end: in a build for debugging each look takes longer than many a run here.
    static var unsampled: RunOptions {
        var options = RunOptions()
        options.interval = .seconds(3600)
        return options
    }
}
