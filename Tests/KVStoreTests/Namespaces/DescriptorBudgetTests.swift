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

    @Test("A process that may have too few is told how many it takes")
    func refused() throws {
        expectError(.invalidArgument, "60 files open", "72", "ulimit -n") { try budget(60) }
    }
}
