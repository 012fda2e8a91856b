import Foundation
import KVStore
import SystemPackage
import Testing

@Suite("Opening a store that lost files of the engine")
struct LostDatabaseTests {
    @Test("A metadata database without its CURRENT file is an error, not an empty store", arguments: Loss.allCases)
    func metadata(_ loss: Loss) throws {
        try withTemporaryFolder { folder in
            try withStore(at: folder) { try $0.createNamespace("orders").put("key", "value") }
            try loss.happen(to: folder.appending("metadata"))
            let before = try content(of: folder)
            expectError(.corruption, folder.appending("metadata").string) {
                try Store.open(at: folder, configuration: .tiny)
            }
            #expect(Set(try content(of: folder).keys).isSuperset(of: before.keys))
        }
    }

    @Test("A namespace without its CURRENT file is an error, not an empty one", arguments: Loss.allCases)
    func namespace(_ loss: Loss) throws {
        try withTemporaryFolder { folder in
            let ids = try withStore(at: folder) { store in
                for name in ["orders", "users"] { try store.createNamespace(name).put("key", "value") }
                return try store.namespaces().map(\.id)
            }
            let lost = folder.database(of: ids[0])
            try loss.happen(to: lost)
            try withStore(at: folder) { store in
                let orders = try store.namespace("orders")
                expectError(.corruption, "\"orders\"", "restore", lost.string) { try orders.get("key") }
                expectError(.corruption) { try orders.put("key", "another value") }
                #expect(try store.namespaces().map(\.name) == ["orders", "users"])
                // Others that have a database of their own are as they were.
                guard store.layout == .separateDatabases else { return }
                #expect(try store.namespace("users").get("key") == "value".bytes)
            }
        }
    }

    enum Loss: CaseIterable {
        case current, folder

        func happen(to database: FilePath) throws {
            switch self {
            case .current: try database.appending("CURRENT").remove()
            case .folder: try database.remove()
            }
        }
    }
}
