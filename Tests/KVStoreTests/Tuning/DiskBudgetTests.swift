import Foundation
import SystemPackage
import Testing

@testable import KVStore

@Suite("The disk that a configuration may take beside the data")
struct DiskBudgetTests {
    private static var small: StoreConfiguration {
        var configuration = StoreConfiguration.small
        configuration.layout = .underTest
        configuration.namespaceTuning.memtableSize = .mebibytes(1)
        return configuration
    }

    /// What all files but tables take on the disk.
    private func taken(_ folder: FilePath) -> ByteCount {
        var sum = 0
        for case let name as String in FileManager.default.enumerator(atPath: folder.string) ?? .init() {
            var status = stat()
            guard !name.hasSuffix(".sst"), stat(folder.appending(name).string, &status) == 0 else { continue }
            sum += Int(status.st_blocks) * 512
        }
        return ByteCount(sum)
    }

    @Test("It adds up from the settings and the namespaces that there are", .only(.separateDatabases))
    func sum() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder, Self.small) { store in
                let empty = try store.diskBudget()
                #expect(empty.logs == ByteCount(0) && empty.keptLogs == ByteCount(0))
                #expect(empty.metadataLogs == .mebibytes(3))
                #expect(empty.total == .mebibytes(3 + 33))
                try store.createNamespace("a")
                var tuning = Self.small.namespaceTuning
                tuning.memtableSize = .mebibytes(2)
                tuning.walRetentionSize = .mebibytes(7)
                try store.createNamespace("b", options: NamespaceOptions(tuning: tuning))
                let changes = ChangeRetention(upTo: .mebibytes(100))
                try store.createNamespace("c", options: NamespaceOptions(changes: changes))
                let budget = try store.diskBudget()
                #expect(budget.logs == .mebibytes(5 + 10 + 5))
                #expect(budget.keptLogs == .mebibytes(7 + 2 + 100 + 1))
                #expect(budget.files == .mebibytes(4 * 33))
                #expect(budget.total == budget.logs + budget.keptLogs + budget.metadataLogs + budget.files)
                tuning.walRetentionSize = nil
                tuning.commitBuffer = .mebibytes(2)
                try store.namespace("b").setTuning(tuning)
                #expect(try store.diskBudget().files == .mebibytes(4 * 33 + 2))
                tuning.commitBuffer = nil
                tuning.walRetention = .seconds(60)
                try store.namespace("b").setTuning(tuning)
                #expect(try store.diskBudget().total == ByteCount(.max))
            }
        }
    }

    @Test("In one database there is one log, which is kept for the widest", .only(.singleDatabase))
    func sharedSum() throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder, Self.small) { store in
                for (name, size) in [("a", 10), ("b", 100), ("c", 20)] {
                    let changes = ChangeRetention(upTo: .mebibytes(size))
                    try store.createNamespace(name, options: NamespaceOptions(changes: changes))
                }
                let budget = try store.diskBudget()
                #expect(budget.logs == .mebibytes(5))
                #expect(budget.keptLogs == .mebibytes(101))
                #expect(budget.files == .mebibytes(129 + 33))
            }
        }
    }

    @Test("A store that is written to stays within it, with small entries and large ones")
    func measured() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            try withStore(at: path, Self.small) { store in
                let plain = try store.createNamespace("plain")
                let kept = try store.createNamespace("kept", options: .withFewChanges)
                let budget = try store.diskBudget()
                let logs = budget.logs + budget.keptLogs + budget.metadataLogs + .mebibytes(3)
                #expect(taken(path) < .mebibytes(1))
                for (size, count) in [(1, 30_000), (1000, 30_000), (300_000, 150)] {
                    for number in 0..<count {
                        let value = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size)
                        for namespace in [plain, kept] { try namespace.put("\(number)", value) }
                        guard number % max(1, count / 50) == 0 else { continue }
                        // Once a second, if nobody calls it.
                        store.logTrimmer.trim()
                        let now = taken(path)
                        #expect(now <= logs, "\(now) at entry \(number) of \(size) bytes")
                    }
                }
                try store.sync()
            }
            #expect(taken(path) <= .mebibytes(32))
        }
    }
}
