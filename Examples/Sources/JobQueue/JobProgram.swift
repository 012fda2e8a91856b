import Glibc
import KVStore

/// Prints a line at once, since a reader at the other end of a pipe waits for it.
func say(_ text: String) {
    var line = text + "\n"
    line.withUTF8 { _ = write(1, $0.baseAddress, $0.count) }
}

/// A queue that is spoken to by lines: add TEXT, take, done NUMBER, count. Taken jobs come back when their lease runs out.
///
///   JobQueue FOLDER LEASE-SECONDS
@main
struct JobProgram {
    static func main() async throws {
        guard CommandLine.arguments.count == 3, let seconds = Double(CommandLine.arguments[2]), seconds > 0 else {
            print("usage: JobQueue FOLDER LEASE-SECONDS")
            exit(64)
        }
        let store = try await Store.open(at: CommandLine.arguments[1], configuration: .small)
        let queue = JobQueue(in: try await store.namespace("jobs", createIfMissing: true)) {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        }
        var leases: [Int: JobQueue.Lease] = [:]
        while let line = readLine() {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            switch (words.first, words.count) {
            case ("add", 2): say("\(try await queue.add(words[1]))")
            case ("take", 1):
                if let lease = try await queue.take(for: .seconds(seconds)) {
                    leases[lease.job] = lease
                    say("\(lease.job) \(lease.attempt) \(lease.payload)")
                } else {
                    say("none")
                }
            case ("done", 2):
                do {
                    guard let lease = Int(words[1]).flatMap({ leases.removeValue(forKey: $0) }) else {
                        say("not taken here")
                        continue
                    }
                    try await queue.finish(lease)
                    say("ok")
                } catch is JobQueue.LeaseIsOver {
                    say("too late")
                }
            case ("count", 1): say("\(try await queue.count())")
            default: say("add TEXT, take, done NUMBER, count")
            }
        }
        try await store.close()
    }
}
