internal import Foundation
internal import Glibc
package import KVStore
internal import Synchronization
internal import SystemPackage

/// A process that opens and closes a store while other programs are started all the time, and that forks while it has
/// the store open. The children of forks leave the store alone, exit, or use and close it, which must be refused.
///
/// `bad <what>` for an opening that fails and for a child that does not end.
package enum ForkCommand {
    package static func arguments(store: String, layout: Store.Layout, seed: UInt64, openings: Int) -> [String] {
        [
            "fork", "--store", store, "--layout", layout.rawValue, "--seed", "\(seed & 0xFFFF_FFFF)", "--openings",
            "\(openings)",
        ]
    }

    /// Opens a store that another process has open, and says how that failed.
    package static func tryOpening(_ arguments: Arguments) throws {
        do {
            _ = try Store.open(at: FilePath(try arguments.required("store")))
            ChildSetup.print("opened")
        } catch let error as StoreError {
            ChildSetup.print("\(error.code)")
        }
    }

    package static func run(_ arguments: Arguments) throws {
        var random = SeededRandom(seed: UInt64(try arguments.number("seed", default: 1)))
        var plan = WriterPlan()
        plan.layout = arguments.text("layout").flatMap(Store.Layout.init)
        plan.memtableKiB = 256
        let path = try arguments.required("store")
        let watch = CallWatch()
        let spawner = Spawner()
        for number in 0..<(try arguments.number("openings", default: 20)) {
            do {
                let store = try watch.watch("open") {
                    try Store.open(at: FilePath(path), configuration: plan.configuration)
                }
                let namespace = try store.namespace("namespace", createIfMissing: true)
                try namespace.put("number", "\(number)")
                if random.chance(oneIn: 4) {
                    try forkOff(store, namespace, path, &random)
                    guard try namespace.get("number") == Array("\(number)".utf8) else {
                        throw FaultFailure("a wrong value after a fork")
                    }
                    try namespace.put("after", "a fork")
                }
                try watch.watch("close") { try store.close() }
            } catch {
                ChildSetup.print("bad opening \(number): \(error)")
                break
            }
        }
        spawner.stop()
        ChildSetup.print("done")
    }

    private enum Way: Int, CaseIterable { case leave, exit, close, use }

    private static func forkOff(
        _ store: Store, _ namespace: Namespace, _ path: String, _ random: inout SeededRandom
    ) throws {
        let way = Way.allCases.randomElement(using: &random) ?? .leave
        // Swift has it not, for good reasons: of all threads the child has this one alone.
        typealias Fork = @convention(c) () -> pid_t
        guard let symbol = dlsym(nil, "fork") else { throw FaultFailure("there is no fork") }
        let child = unsafeBitCast(symbol, to: Fork.self)()
        if child == 0 { beChild(way, store, namespace) }
        guard child > 0 else { throw FaultFailure("fork failed: \(errno)") }
        var status: Int32 = 0
        let deadline = Clock.after(milliseconds: 15_000)
        while waitpid(child, &status, WNOHANG) == 0 {
            guard Clock.now < deadline else {
                kill(child, SIGKILL)
                waitpid(child, &status, 0)
                throw FaultFailure("a forked child that was to \(way) did not end")
            }
            usleep(2000)
        }
        if status & 0x7F == 0, status >> 8 != 0 {
            ChildSetup.print("bad a forked child that was to \(way) ended with \(status >> 8)")
        } else if status & 0x7F != 0, status & 0x7F != SIGKILL {
            ChildSetup.print("bad a forked child that was to \(way) ended with signal \(status & 0x7F)")
        }
        // Whatever the child did, the lock is this process's.
        let other = try ChildProcess(
            Programs.writer, ["try-opening", "--store", path], errorFile: "\(path).try-opening")
        var answer = "nothing"
        other.readLines(until: Clock.after(milliseconds: 30_000)) { line in
            answer = line
            return false
        }
        other.wait(until: Clock.after(milliseconds: 5000))
        if answer != "alreadyOpen" {
            ChildSetup.print("bad after a forked child that was to \(way), another process got \(answer)")
        }
    }

    /// Does nothing that prints: the parent reads that.
    private static func beChild(_ way: Way, _ store: Store, _ namespace: Namespace) -> Never {
        switch way {
        case .leave: _exit(0)
        case .exit: Glibc.exit(0)
        case .close:
            // Refused or without effect, but over soon.
            _ = try? store.close()
            _exit(0)
        case .use:
            do {
                try namespace.put("child", "was here")
                _exit(9)
            } catch {
                _exit(0)
            }
        }
    }
}

/// Starts programs all the time.
private final class Spawner: Sendable {
    private let isOver = Atomic<Bool>(false)

    init() {
        for _ in 0..<2 {
            Thread.detachNewThread { [self] in
                while !isOver.load(ordering: .relaxed) {
                    var child = pid_t()
                    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
                    defer { free(arguments[0]) }
                    usleep(200)
                    guard posix_spawnp(&child, "true", nil, nil, &arguments, environ) == 0 else { continue }
                    waitpid(child, nil, 0)
                }
            }
        }
    }

    func stop() { isOver.store(true, ordering: .relaxed) }
}
