internal import SystemPackage

/// Where errors come from: the namespace and the folder that they name.
struct ErrorContext: Sendable {
    let path: FilePath
    private let name: String?
    private let record: CatalogEntry?

    init(namespace: String?, path: FilePath) {
        self.path = path
        name = namespace
        record = nil
    }

    /// The context of a namespace, which errors name as it is called when they occur.
    init(_ record: CatalogEntry, path: FilePath) {
        self.path = path
        name = nil
        self.record = record
    }

    var namespace: String? { record?.current.name ?? name }

    func error(_ code: StoreError.Code, _ operation: StoreError.Operation, _ message: String) -> StoreError {
        StoreError(code, operation, namespace: namespace, path: path, message)
    }

    /// The error of a call that came too late.
    func gone(_ code: StoreError.Code, _ operation: StoreError.Operation) -> StoreError {
        error(code, operation, code == .closed ? "the store was closed" : "the namespace was dropped")
    }

    /// What a failure of the engine means to the caller.
    @inline(never)
    func error(_ failure: EngineFailure, _ operation: StoreError.Operation) -> StoreError {
        switch failure {
        case .refused(let code, let message): error(code, operation, message)
        case .changesMissing(let message, let oldest):
            StoreError(
                .changesMissing, operation, namespace: namespace, path: path, message, oldestChange: oldest)
        case .status(let text):
            StoreError(
                failure.code, operation, namespace: namespace,
                path: (failure.code == .corruption ? failure.file(in: path) : nil) ?? path,
                Self.advice(failure.code), engineMessage: text)
        }
    }

    /// What happened and what to do, for each kind of failure of the engine.
    private static func advice(_ code: StoreError.Code) -> String {
        switch code {
        case .corruption:
            "data on disk is damaged or missing; restore the namespace from a backup, or copy what can still be read"
        case .formatTooNew:
            "a newer version of RocksDB wrote the files; open the store with a program that is built with that version"
        case .noSpace:
            "the disk is full; free space, then call reopen(). The outcome of a write that failed is unknown until then"
        case .ioError:
            "the system could not read or write; if this was a write, its outcome is unknown and the namespace takes no "
                + "more until reopen(), while reads go on"
        case .alreadyOpen:
            "another handle has the database open; close it there, and end the cursors and pinned values that read it"
        case .incomplete: "the engine could not answer within the limits of the call"
        case .busy, .timedOut: "the engine was busy; try again"
        default: "the engine refused the call"
        }
    }
}

extension StoreError {
    /// What a call gets in a child of the process that opened the store.
    static func forked(
        _ operation: Operation, _ context: ErrorContext? = nil
    ) -> StoreError {
        let message =
            "this process was forked from one that has used the library, and has none of the threads that work for its "
            + "stores: begin another program (exec) to use one, or fork before the first store is opened"
        return context?.error(.closed, operation, message) ?? StoreError(.closed, operation, message)
    }
}
