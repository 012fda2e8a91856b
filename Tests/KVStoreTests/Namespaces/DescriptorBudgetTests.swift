import KVStore
import SystemPackage
import Testing

@testable import KVStore

@Suite("File descriptors of a process that may have few")
struct DescriptorBudgetTests {
    private func budget(_ limit: Int) throws -> DescriptorBudget {
        try DescriptorBudget(StoreConfiguration(), limit: limit)
    }

    @Test("What the databases may take together is within the limit, with some left to the application")
    func sum() throws {
        for limit in [72, 100, 256, 1024, 20_000, 1 << 20] {
            let budget = try budget(limit)
            #expect(budget.total + budget.metadata <= limit - 32)
            for open in [1, 2, 10, 50, 1000] {
                let share = budget.share(of: 1000, among: open)
                #expect(share >= DescriptorBudget.least)
                #expect(share <= 1000)
                if share > DescriptorBudget.least { #expect(share * min(open, 2) <= budget.total) }
            }
        }
    }

    @Test("With many descriptors each gets what its tuning says; with few, less")
    func shares() throws {
        #expect(try budget(1 << 20).share(of: 1000, among: 50) == 1000)
        #expect(try budget(1024).share(of: 1000, among: 1) == 384)
        #expect(try budget(1024).share(of: 1000, among: 50) == 20)
        #expect(try budget(1024).share(of: 15, among: 1) == 15)
    }

    @Test("As many stay open as the limit allows, also of those that were created just now", .only(.separateDatabases))
    func created() throws {
        for (limit, open) in [("20000", "50"), ("1024", "38"), ("256", "9")] {
            try withTemporaryFolder { folder in
                let said = try StoreProcess.run(folder.appending("store").string, "namespaces", limit, "60")
                #expect(said == "\(open) enough\n")
            }
        }
    }

    @Test("What a database needs is what its table files are, within its share")
    func needs() {
        #expect(DescriptorBudget.need(1000, tableFiles: 0) == DescriptorBudget.least)
        #expect(DescriptorBudget.need(1000, tableFiles: 300) == 300 + DescriptorBudget.least)
        #expect(DescriptorBudget.need(100, tableFiles: 300) == 100)
        #expect(DescriptorBudget.need(0, tableFiles: .max) == 0)
    }

    @Test("Table files are counted on all levels")
    func tableFiles() throws {
        try withTemporaryStore { _, namespace in
            func files() throws -> Int {
                try namespace.slot.withColumnFamily(.statistics) { (columnFamily) throws(EngineFailure) in
                    columnFamily.tableFiles
                }
            }
            #expect(try files() == 0)
            for number in 1...3 {
                try namespace.put("\(number)", "value")
                try namespace.flush()
                #expect(try files() == number)
            }
            try namespace.compact()
            #expect(try files() == 1)
        }
    }

    @Test("A process that may have too few is told how many it takes")
    func refused() throws {
        expectError(.invalidArgument, "60 files open", "72", "ulimit -n") { try budget(60) }
    }
}
