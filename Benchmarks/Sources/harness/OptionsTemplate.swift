import Foundation
import KVStore
import SystemPackage

/// A database that the library has made, for the options that the engine wrote down in it.
struct OptionsTemplate {
    /// Its folder.
    let path: FilePath

    init(_ configuration: StoreConfiguration, in folder: FilePath) throws {
        let store = try Store.open(at: folder, configuration: configuration)
        _ = try store.createNamespace("template").get("nothing")
        try store.close()
        let namespaces = folder.appending("namespaces")
        let names = try FileManager.default.contentsOfDirectory(atPath: namespaces.string)
        guard let name = names.first, names.count == 1 else { throw CocoaError(.fileReadUnknown) }
        path = namespaces.appending(name)
    }
}
