import Glibc
public import SystemPackage

/// Turns Ctrl-C and its kin into a `StopRequest`, so that the run ends in order and its data is removed.
public enum SignalListener {
    /// Starts listening on a thread of its own, for as long as the process lives.
    ///
    /// Call it on the main thread before any other thread exists: the signals are blocked there, later threads inherit
    /// that, and the listening thread alone takes them. A signal after the first changes nothing, since the data is
    /// being removed by then; SIGQUIT (Ctrl-\) still ends the process at once.
    ///
    /// - Throws: `Errno` when no thread can be made.
    public static func start(_ stop: StopRequest) throws(Errno) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP] where signal != SIGHUP || !isIgnored(SIGHUP) {
            sigaddset(&signals, signal)
        }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let awaited = signals
        _ = try WorkerThread(name: "signals") {
            var awaited = awaited
            while true {
                var signal: Int32 = 0
                guard sigwait(&awaited, &signal) == 0 else { continue }
                if !stop.make(signal: signal) {
                    Terminal.writeError("kvbench: stopping; Ctrl-\\ would end it at once and leave its data behind\n")
                }
            }
        }
    }

    /// `nohup` has the terminal's hangup ignored, and means it. SIGINT is taken even where a shell that started us in
    /// the background ignores it: data left behind would be worse.
    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(signal, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
