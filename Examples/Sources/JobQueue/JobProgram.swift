import Glibc
import KVStore

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
            case ("add", 2): print(try await queue.add(words[1]))
            case ("take", 1):
                if let lease = try await queue.take(for: .seconds(seconds)) {
                    leases[lease.job] = lease
                    print(lease.job, lease.attempt, lease.payload)
                } else {
                    print("none")
                }
            case ("done", 2):
                do {
                    guard let lease = Int(words[1]).flatMap({ leases.removeValue(forKey: $0) }) else {
                        print("not taken here")
                        continue
                    }
                    try await queue.finish(lease)
                    print("ok")
                } catch is JobQueue.LeaseIsOver {
                    print("too late")
                }
            case ("count", 1): print(try await queue.count())
            default: print("add TEXT, take, done NUMBER, count")
            }
            // A reader at the other end of a pipe waits for each answer.
            fflush(nil)
        }
        try await store.close()
    }
}
