internal import SystemPackage

/// The folder of a store that is made whole or not at all: filled under a temporary name beside its own, put on disk, and
/// renamed last.
///
/// What a crash leaves under the temporary name is removed by the next attempt. It holds `STORE.new` or nothing, or it is
/// whole and holds `STORE`.
struct FolderInMaking {
    /// Where to fill it.
    let path: FilePath
    private let target: FilePath
    private let parent: FilePath
    private let operation: StoreError.Operation

    /// Begins a folder.
    ///
    /// - Parameter target: where it shall be: a path where there is nothing, or an empty folder.
    init(_ target: FilePath, _ identity: StoreIdentity, _ operation: StoreError.Operation) throws(StoreError) {
        func refuse(_ message: String) -> StoreError {
            StoreError(.invalidArgument, operation, path: target, message)
        }
        self.target = target
        self.operation = operation
        guard let name = target.lastComponent, name.kind == .regular else {
            throw refuse("the path does not end in the name of a folder")
        }
        let above = target.removingLastComponent()
        parent = above.isEmpty ? "." : above
        path = parent.appending(".\(name.string).new")
        if StoreFiles.exists(target) {
            guard StoreFiles.isDirectory(target), try StoreFiles.list(target, operation).isEmpty else {
                throw refuse("there is something here already; give a path where there is nothing, or an empty folder")
            }
        }
        try StoreFiles.makeFolders(parent, operation)
        if StoreFiles.exists(path) {
            let names = StoreFiles.isDirectory(path) ? try StoreFiles.list(path, operation) : ["?"]
            guard names.isEmpty || names.contains("STORE.new") || names.contains("STORE") else {
                throw StoreError(
                    .invalidArgument, operation, path: path,
                    "the name under which the folder is made is taken by something else; move it away")
            }
            try StoreFiles.remove(path, operation)
        }
        try StoreFiles.makeFolder(path, operation)
        do throws(StoreError) {
            try StoreFiles.write(identity.text, to: path.appending("STORE.new"), operation)
        } catch {
            abandon()
            throw error
        }
    }

    /// Puts all of it on disk and gives it its name.
    func publish() throws(StoreError) {
        // The rest first: what has the file is a store to everybody.
        try StoreFiles.syncTree(path, operation)
        try StoreFiles.rename(path.appending("STORE.new"), to: path.appending("STORE"), operation)
        try StoreFiles.syncFolder(path, operation)
        try StoreFiles.rename(path, to: target, operation)
        try StoreFiles.syncFolder(parent, operation)
    }

    func abandon() { try? StoreFiles.remove(path, operation) }
}
