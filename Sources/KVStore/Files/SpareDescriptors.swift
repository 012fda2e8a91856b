internal import Glibc
internal import SystemPackage

/// A few descriptors that are kept while something is made, so that it can be removed again when they have run out.
final class SpareDescriptors: @unchecked Sendable {  // guarded by its lock
    private let lock = Lock(.innermost)
    private var descriptors: [Int32] = []
    /// What removing folders takes.
    private static let count = 6

    /// - Throws: `.ioError` when there are not as many.
    init(_ path: FilePath, _ operation: StoreError.Operation) throws(StoreError) {
        for _ in 0..<Self.count {
            let descriptor = Glibc.open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else {
                let failure = StoreFiles.failure(operation, path, "keep descriptors for what is to be made")
                release()
                throw failure
            }
            descriptors.append(descriptor)
        }
    }

    deinit { release() }

    func release() {
        lock.withLock {
            for descriptor in descriptors { Glibc.close(descriptor) }
            descriptors = []
        }
    }
}
