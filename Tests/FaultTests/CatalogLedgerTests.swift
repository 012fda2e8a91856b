import FaultKit
import Testing

/// The judge of the churning stores notices what it is there for.
@Suite struct CatalogLedgerTests {
    /// - Parameter cut: the moment of a power cut.
    private func verdict(_ told: [String], _ found: [String], cut: UInt64 = .max) -> [String] {
        var ledger = CatalogLedger()
        for line in told { ledger.note(line.split(separator: " ").map(String.init), before: cut) }
        return ledger.judge(found.map { $0.split(separator: " ").map(String.init) })
    }

    private let created = ["begun create a 1 10", "finished create a 1 20"]

    @Test("A namespace that is gone, came back, or is another's")
    func presence() {
        #expect(verdict(created, ["incarnation a 1 0 0"]) == [])
        #expect(verdict(created, []).count == 1)
        #expect(verdict(created, ["incarnation a 2 0 0"]).count == 1)
        #expect(verdict(created + ["begun drop a 1 30", "finished drop a 1 40"], ["incarnation a 1 0 0"]).count == 1)
        #expect(verdict(created + ["begun drop a 1 30"], []) == [])
        #expect(verdict(["begun create a 1 10"], ["incarnation a 1 3 0"]).count == 1)
    }

    @Test("A rename that is done, or neither done nor undone")
    func rename() {
        let begun = created + ["begun rename a 1 30 b"]
        let finished = begun + ["finished rename a 1 40 b"]
        #expect(verdict(begun, ["incarnation a 1 0 0"]) == [])
        #expect(verdict(begun, ["incarnation b 1 0 0"]) == [])
        #expect(verdict(begun, []).count == 1)
        #expect(verdict(begun, ["incarnation a 1 0 0", "incarnation b 1 0 0"]).count == 1)
        #expect(verdict(begun, ["incarnation b 7 0 0"]).count == 1)
        #expect(verdict(finished, ["incarnation b 1 0 0"]) == [])
        #expect(verdict(finished, ["incarnation a 1 0 0"]).count == 2)
        // Finished after the cut: either will do.
        #expect(verdict(finished, ["incarnation a 1 0 0"], cut: 35) == [])
        // Said to be finished, and then others begun, while the power was being cut: none of it, or a first part.
        let rest = ["begun create a 3 50", "finished create a 3 60", "begun rename a 3 70 c"]
        for found in [["a 1"], ["b 1"], ["b 1", "a 3"], ["b 1", "c 3"]] {
            #expect(verdict(finished + rest, found.map { "incarnation \($0) 0 0" }, cut: 35) == [])
        }
        for found in [["a 1", "b 1"], ["a 1", "c 3"], ["a 3"], ["b 1", "a 3", "c 3"]] {
            #expect(verdict(finished + rest, found.map { "incarnation \($0) 0 0" }, cut: 35) != [])
        }
        // The next call tells what became of one that failed.
        #expect(verdict(begun + ["begun drop b 1 50", "finished drop b 1 60"], []) == [])
        #expect(verdict(begun + ["begun drop a 1 50"], ["incarnation b 1 0 0"]).count == 1)
    }

    @Test("Commits that are lost, or more than were begun, some of them while the power was being cut")
    func commits() {
        func verdict(_ head: Int) -> Int {
            var ledger = CatalogLedger()
            for line in created { ledger.note(line.split(separator: " ").map(String.init), before: 50) }
            for (sequence, time) in [(1, 40), (2, 60)] as [(UInt64, UInt64)] {
                let one = Acknowledgement(
                    stream: 1, sequence: sequence, begun: time - 5, acknowledged: time, isSynced: true)
                ledger.note(one, before: 50)
            }
            return ledger.judge([["incarnation", "a", "1", "\(head)", "0"]]).count
        }
        #expect((0...4).map(verdict) == [1, 0, 0, 0, 1])
    }

    @Test("An attribute that is older than acknowledged or newer than begun")
    func version() {
        let begun = created + ["begun version a 1 30 1"]
        let finished = begun + ["finished version a 1 40 1"]
        #expect(verdict(begun, ["incarnation a 1 0 0"]) == [])
        #expect(verdict(begun, ["incarnation a 1 0 1"]) == [])
        #expect(verdict(begun, ["incarnation a 1 0 2"]).count == 1)
        #expect(verdict(finished, ["incarnation a 1 0 0"]).count == 1)
        #expect(verdict(finished, ["incarnation a 1 0 0"], cut: 35) == [])
    }
}
