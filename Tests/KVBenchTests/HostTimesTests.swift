import Glibc
import Testing

@testable import KVBench

@Suite("What the machine does beside a run")
struct HostTimesTests {
    @Test("Is told from what the kernel counts")
    func document() throws {
        // 1,000 ticks, of which 500 were idle, 100 waited for a disk, 150 were stolen.
        let before = HostTimes(
            stat: "cpu  100 0 100 1000 10 0 0 20 5 0\ncpu0 1 2 3\n", load: "0.50 0.25 0.10 1/100 12345\n")
        let after = HostTimes(
            stat: "cpu  250 0 190 1500 110 5 5 170 9 0\ncpu0 1 2 3\n", load: "1.50 0.75 0.20 2/100 12346\n")
        let document = after.document(since: before, ownSeconds: 0)
        #expect(document.loadBefore == [0.5, 0.25, 0.1] && document.loadAfter == [1.5, 0.75, 0.2])
        #expect(document.stealPercent == 15)
        #expect(document.ioWaitPercent == 10)
        #expect(try #require(document.otherCPUs) > 0)
        #expect(after.document(since: before, ownSeconds: 1e9).otherCPUs == 0)
        #expect(after.document(since: before, ownSeconds: nil).otherCPUs == nil)
    }

    @Test("Is nothing when the kernel does not tell")
    func absent() {
        let none = HostTimes(stat: "", load: "1.0 x")
        #expect(none.document(since: none, ownSeconds: 1) == HostDocument())
        let same = HostTimes(stat: "cpu  1 2 3 4 5 6 7 8", load: "")
        #expect(same.document(since: same, ownSeconds: 1).stealPercent == nil)
    }

    @Test("The machine says what it is, and a process how long it has taken")
    func machine() throws {
        #expect(HostTimes.now().load?.count == 3)
        #expect(Machine.fileSystem(of: "/proc") == "proc")
        #expect(Machine.fileSystem(of: "/nowhere/at/all") == nil)
        #expect(try #require(ProcessTree.cpuMicroseconds(of: getpid())) > 0)
        #expect(ProcessTree.cpuMicroseconds(of: -1) == nil)
    }
}
