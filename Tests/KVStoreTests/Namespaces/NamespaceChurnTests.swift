import Foundation
import SystemPackage
import Testing

@testable import KVStore

/// In a process of its own, whose descriptors, threads and memory are nobody else's.
@Suite("Sixty-four threads over a few namespaces that come and go")
struct NamespaceChurnTests {
    /// `KVSTORE_CHURN_SECONDS=60` for the long form.
    private static var seconds: String { ProcessInfo.processInfo.environment["KVSTORE_CHURN_SECONDS"] ?? "4" }

    @Test("Every call succeeds or says what was true at some moment during it, and nothing is left behind")
    func churn() throws {
        try withTemporaryFolder { folder in
            var random = SeededRandom(test: "Churning namespaces")
            let seed = ProcessInfo.processInfo.environment["KVSTORE_SEED"] ?? "\(random.next() % 1_000_000)"
            print("Churning namespaces with seed \(seed)")
            let process = try MaintenanceProcess(program: "TenantProcess", folder.string, Self.seconds, "64", "5", seed)
            let lines = try process.lines()
            print(lines.joined(separator: "\n"))
            #expect(lines.filter { $0.hasPrefix("violation") } == [])
            #expect(lines.last == "done")
            func numbers(_ name: String) throws -> [Int] {
                let line = try #require(lines.first { $0.hasPrefix(name + " ") })
                return line.split(separator: " ").dropFirst().compactMap { Int($0) }
            }
            #expect(try numbers("files") == [0])
            let descriptors = try numbers("descriptors")
            #expect(descriptors[1] <= descriptors[0])
            let threads = try numbers("threads")
            // The pools of the process may grow to their bounds; a thread for each namespace would be hundreds.
            #expect(threads[1] <= threads[0] + 8)
            // The allocator keeps some; a leaked database would take more for each of the hundreds that were made.
            let memory = try numbers("memory")
            #expect(memory[1] - memory[0] < 32 << 20)
        }
    }
}
