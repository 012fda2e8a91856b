import KVStore
import SystemPackage
import Testing

@Suite("After unlogged commits and a kill a store opens, again and again")
struct UnloggedCommitTests {
    /// Has another process commit what a script says, and kills it.
    private func commit(_ script: String, _ path: FilePath, round: Int = 0) throws {
        let writer = try MaintenanceProcess("commit", path.string, script, "\(round)")
        #expect(try writer.line() == "done", "\(script)")
        writer.kill()
    }

    /// Expects all that was logged in both namespaces to be there.
    private func check(_ store: Store, _ script: String, round: Int = 0) throws {
        for (index, letter) in script.enumerated() where "bstdi".contains(letter.lowercased()) {
            let namespace = try store.namespace(letter.isUppercase ? "plain" : "fast")
            #expect(try namespace.contains("\(round)/\(index)"), "\(script), place \(index) of round \(round)")
        }
    }

    @Test(
        "Whatever came before and after the unlogged commits",
        arguments: [
            "buy", "buw", "Buy", "BuY", "Byuyuy", "suy", "uys", "busu", "buyb", "fuy", "bfuy", "uyfy", "biuy", "uiy",
            "iuyI",
            "tuy", "uytd", "buyr", "uyrb", "Uby", "bUyBuy",
        ])
    func opensAgain(_ script: String) throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            try commit(script, path)
            for _ in 0..<4 {
                try withStore(at: path) { store in
                    try check(store, script)
                    _ = try store.verify()
                }
            }
            // With commits of its own, and one opening that ends in a kill.
            try withStore(at: path) { try $0.namespace("fast").put("more", "value") }
            try commit("y", path, round: 1)
            for _ in 0..<2 { try withStore(at: path) { try check($0, script) } }
        }
    }

    @Test("Rounds of chance, each ended by a kill or by closing")
    func rounds() throws {
        var random = SeededRandom(test: "Unlogged commits between kills")
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            var scripts: [String] = []
            for round in 0..<12 {
                let script = String(
                    (0..<Int.random(in: 1...8, using: &random)).compactMap { _ in
                        "bsuutdifyyBSUTDIFr".randomElement(using: &random)
                    })
                try commit(script, path, round: round)
                scripts.append(script)
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    try withStore(at: path) { store in
                        for (round, script) in scripts.enumerated() { try check(store, script, round: round) }
                        _ = try store.verify()
                    }
                }
            }
        }
    }

    @Test("Namespaces that are closed to make room for others, and opened again, between kills")
    func eviction() throws {
        try withTemporaryFolder { folder in
            let path = folder.appending("store")
            try commit("buy", path)
            var configuration = StoreConfiguration.tiny
            configuration.maxOpenNamespaces = 1
            for _ in 0..<3 {
                try withStore(at: path, configuration) { store in
                    for _ in 0..<3 { for name in ["fast", "plain"] { _ = try store.namespace(name).get("key") } }
                    try check(store, "buy")
                }
            }
        }
    }
}
