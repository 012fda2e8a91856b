import Foundation
import SystemPackage
import Testing

@testable import KVStore

extension Store.Layout {
    /// The layout of the stores that tests make: the environment's `KVSTORE_LAYOUT`, as `scripts/test.sh` runs the
    /// suite once for each, or separate databases.
    static let underTest: Store.Layout = {
        guard let name = ProcessInfo.processInfo.environment["KVSTORE_LAYOUT"] else { return .separateDatabases }
        guard let layout = Store.Layout(rawValue: name) else { preconditionFailure("no layout is called \(name)") }
        return layout
    }()
}

extension Trait where Self == ConditionTrait {
    /// For what only one layout has, such as the folders of separate databases.
    static func only(_ layout: Store.Layout) -> Self {
        .enabled(if: Store.Layout.underTest == layout, "it is about the layout \(layout)")
    }
}

extension FilePath {
    /// The folder of the database that a namespace of the store here is in.
    func database(of id: UInt64 = 1) -> FilePath {
        Store.Layout.underTest == .singleDatabase ? appending("namespaces") : appending("namespaces/\(id)")
    }

    /// The numbers of the namespaces that are on disk in the store here, whatever the catalog says.
    func columnFamilies() throws -> [String] {
        let path = appending("namespaces")
        guard Store.Layout.underTest == .singleDatabase else { return try path.names() }
        return try Database.familyNames(path.string).filter { $0 != "default" }.sorted()
    }
}

extension StoreConfiguration {
    /// The documented tuning, in the layout under test.
    static var documented: StoreConfiguration {
        var configuration = StoreConfiguration()
        configuration.layout = .underTest
        return configuration
    }
}
