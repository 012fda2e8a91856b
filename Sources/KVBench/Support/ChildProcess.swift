import Glibc
import SystemPackage

/// A process that was started by this one and hears of its end: its standard input is a pipe that nobody writes to.
final class ChildProcess: @unchecked Sendable {  // what changes is guarded by the lock
    let id: pid_t
    /// Whether it leads a group of its own, which signals go to then: all that it has started hears of them.
    private let leadsGroup: Bool
    private let lock = ThreadLock()
    private var input: FileDescriptor?
    private var status: Int32?

    /// One process at a time is started: a pipe must not be inherited by another one, which would keep it open.
    private static let starting = ThreadLock()

    /// Starts a program, which is looked for in PATH. It takes signals as usual, whatever this process blocks.
    ///
    /// - Parameters:
    ///   - isQuiet: Whether its standard output goes nowhere.
    ///   - output: Where its standard output goes instead; stays open here.
    ///   - errors: Where its standard error goes, if not where that of this process goes; stays open here.
    ///   - leadsGroup: Whether it gets a process group of its own.
    /// - Throws: `Errno` when it cannot be started.
    init(
        _ arguments: [String], isQuiet: Bool = true, output: FileDescriptor? = nil, errors: FileDescriptor? = nil,
        leadsGroup: Bool = false
    ) throws(Errno) {
        Self.starting.lock()
        defer { Self.starting.unlock() }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Errno(rawValue: errno) }
        let (readEnd, writeEnd) = (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
        _ = fcntl(writeEnd.rawValue, F_SETFD, FD_CLOEXEC)
        defer { try? readEnd.close() }
        do {
            id = try Self.spawn(
                arguments, input: readEnd, isQuiet: isQuiet, output: output, errors: errors, leadsGroup: leadsGroup)
        } catch {
            try? writeEnd.close()
            throw error
        }
        self.leadsGroup = leadsGroup
        input = writeEnd
    }

    deinit { closeInput() }

    /// Closes its standard input.
    func closeInput() {
        lock.withLock {
            try? input?.close()
            input = nil
        }
    }

    /// Sends it a signal, unless it has ended.
    func send(_ signal: Int32) {
        lock.withLock {
            if leadsGroup { kill(-id, signal) } else if status == nil { kill(id, signal) }
        }
    }

    /// Whether anything of its group still runs.
    var groupRuns: Bool { leadsGroup && kill(-id, 0) == 0 }

    /// Its exit status when it has ended, 128 and the signal's number when one ended it; `nil` while it runs.
    func exitStatus() -> Int32? { lock.withLock { reap(WNOHANG) } }

    /// Waits for its end.
    @discardableResult
    func wait() -> Int32 { lock.withLock { reap(0) } ?? -1 }

    private func reap(_ options: Int32) -> Int32? {
        if let status { return status }
        var code: Int32 = 0
        var ended = waitpid(id, &code, options)
        while ended == -1, errno == EINTR { ended = waitpid(id, &code, options) }
        guard ended == id else { return nil }
        let signal = code & 0x7f
        status = signal == 0 ? code >> 8 & 0xff : 128 + signal
        return status
    }

    private static func spawn(
        _ arguments: [String], input: FileDescriptor, isQuiet: Bool, output: FileDescriptor?, errors: FileDescriptor?,
        leadsGroup: Bool
    ) throws(Errno) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.rawValue, STDIN_FILENO)
        if let output {
            posix_spawn_file_actions_adddup2(&actions, output.rawValue, STDOUT_FILENO)
        } else if isQuiet {
            posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        }
        if let errors { posix_spawn_file_actions_adddup2(&actions, errors.rawValue, STDERR_FILENO) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        if leadsGroup {
            posix_spawnattr_setpgroup(&attributes, 0)
            flags |= POSIX_SPAWN_SETPGROUP
        }
        posix_spawnattr_setflags(&attributes, Int16(flags))

        let words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var id = pid_t()
        let failure = posix_spawnp(&id, arguments[0], &actions, &attributes, words, environ)
        guard failure == 0 else { throw Errno(rawValue: failure) }
        return id
    }
}
