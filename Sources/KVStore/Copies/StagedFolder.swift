internal import SystemPackage

/// The folder of a store that is made whole or not at all: filled under a temporary name beside its own, put on disk,
/// and renamed last.
///
/// Of several calls that make the same one at a time has the temporary name, in whatever process, and what a crash
/// leaves under it is taken over by the next. It holds `STORE.new` or nothing, or it is whole and holds `STORE`.
struct StagedFolder {
    /// Where to fill it.
    var path: FilePath { work.path }
    private let work: WorkFolder
    private let spare: SpareDescriptors
    private let target: FilePath
    private let parent: FilePath
    /// Those above it that were not there.
    private let made: [FilePath]
    private let operation: StoreError.Operation

    /// Begins a folder.
    ///
    /// - Parameter target: where it shall be, resolved: a path where there is nothing, or an empty folder.
    /// - Throws: `.busy` while another call makes the same.
    init(_ target: FilePath, _ identity: StoreIdentity, _ operation: StoreError.Operation) throws(StoreError) {
        self.target = target
        self.operation = operation
        guard let name = target.lastComponent else {
            throw StoreError(
                .invalidArgument, operation, path: target, "the path does not end in the name of a folder")
        }
        try target.checkIsNobodys(operation)
        try Self.checkIsFree(target, operation)
        spare = try SpareDescriptors(target, operation)
        parent = target.removingLastComponent()
        made = try StoreFiles.makeFolders(parent, operation)
        do throws(StoreError) {
            work = try WorkFolder(parent.appending(".\(name.string).new"), operation)
        } catch {
            StoreFiles.removeEmpty(made)
            throw error
        }
        do throws(StoreError) {
            // Whoever had the temporary name until now may have finished.
            try Self.checkIsFree(target, operation)
            try StoreFiles.write(identity.text, to: path.appending("STORE.new"), operation)
        } catch {
            abandon()
            throw error
        }
    }

    private static func checkIsFree(
        _ target: FilePath, _ operation: StoreError.Operation
    ) throws(StoreError) {
        guard let kind = StoreFiles.kind(target) else { return }
        guard kind == .folder, try StoreFiles.list(target, operation).isEmpty else {
            throw StoreError(
                .invalidArgument, operation, path: target,
                "there is something here already; give a path where there is nothing, or an empty folder")
        }
    }

    /// Puts all of it on disk and gives it its name.
    func publish() throws(StoreError) {
        // The rest first: what has the file is a store to everybody.
        try StoreFiles.syncTree(path, operation)
        try StoreFiles.rename(path.appending("STORE.new"), to: path.appending("STORE"), operation)
        try StoreFiles.syncFolder(path, operation)
        try work.give(to: target)
        try StoreFiles.syncFolder(parent, operation)
    }

    func abandon() {
        spare.release()
        work.remove()
        StoreFiles.removeEmpty(made)
    }
}
