public import SystemPackage

// Each of these runs its synchronous namesake on an I/O thread while the task is suspended. A task that is cancelled
// before that begins throws `CancellationError`, and nothing is done; once it has begun, it finishes. Only closing,
// which cleans up, is done in a cancelled task too.
extension Store {
    /// Opens the store in a folder, creating it if it is missing. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public static func open(
        at path: FilePath, configuration: StoreConfiguration = StoreConfiguration()
    ) async throws -> Store {
        let path = try path.absolute(.open)
        return try await StoreThreads.withoutStore.run { try Store.open(at: path, configuration: configuration) }
    }

    /// Closes the store. Runs on an I/O thread while the task is suspended, also in a task that is cancelled: closing
    /// cleans up, and never throws `CancellationError`.
    ///
    /// - Throws: as the synchronous form.
    public func close() async throws { try await StoreThreads.withoutStore.runToEnd { try self.close() } }

    /// Puts all that was committed so far, with a log, on disk. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func sync() async throws { try await threads.calls.run { try self.sync() } }

    /// A namespace by its name. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func namespace(
        _ name: String, createIfMissing: Bool = false, options: NamespaceOptions? = nil
    ) async throws -> Namespace {
        try await threads.administration.run {
            try self.namespace(name, createIfMissing: createIfMissing, options: options)
        }
    }

    /// Creates a namespace. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    @discardableResult
    public func createNamespace(
        _ name: String, options: NamespaceOptions = NamespaceOptions()
    ) async throws -> Namespace {
        try await threads.administration.run { try self.createNamespace(name, options: options) }
    }

    /// The namespaces, ordered by the bytes of their names. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func namespaces(
        prefix: String = "", after name: String? = nil, limit: Int = .max
    ) async throws -> [NamespaceInfo] {
        try await threads.calls.run { try self.namespaces(prefix: prefix, after: name, limit: limit) }
    }

    /// Drops a namespace with all its data. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func dropNamespace(_ name: String) async throws {
        try await threads.administration.run { try self.dropNamespace(name) }
    }
}
