import Glibc
import SystemPackage

/// A thread of the operating system: workers block in the engine, and the cooperative pool has none to spare for that.
struct WorkerThread: Sendable {
    private let thread: pthread_t

    /// Starts a thread that runs `body` once.
    ///
    /// - Parameters:
    ///   - name: What profilers and `top -H` show; the kernel keeps 15 bytes.
    ///   - body: What the thread does.
    /// - Throws: `Errno` when the system has no thread to give.
    init(name: String, _ body: @escaping @Sendable () -> Void) throws(Errno) {
        let context = Unmanaged.passRetained(Start(name: name, body: body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
                Self.setName(start.name)
                start.body()
                return nil
            }, context.toOpaque())
        guard status == 0 else {
            context.release()
            throw Errno(rawValue: status)
        }
        self.thread = thread
    }

    /// Waits for the end of the thread. Call it once; what the thread wrote is visible afterwards.
    func join() {
        pthread_join(thread, nil)
    }

    /// Through the file system, since the module has no `pthread_setname_np`. A thread without a name works as well.
    private static func setName(_ name: String) {
        guard let file = try? FileDescriptor.open("/proc/thread-self/comm", .writeOnly) else { return }
        _ = try? file.closeAfter { try file.writeAll(Array(name.utf8)) }
    }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
