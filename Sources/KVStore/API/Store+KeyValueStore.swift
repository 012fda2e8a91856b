extension Store: KeyValueStore {
    /// Commits across namespaces in a single database; changes always.
    public var capabilities: StoreCapabilities {
        storage.commitsTogether ? [.changes, .commitsAcrossNamespaces] : [.changes]
    }

    /// A namespace by its name: as ``namespace(_:createIfMissing:options:)``.
    ///
    /// - Throws: `.namespaceNotFound`; `.invalidName`; `.closed`.
    public func space(_ name: String) async throws -> Namespace { try await namespace(name) }

    /// Creates a namespace: as ``createNamespace(_:options:)``.
    ///
    /// - Throws: `.namespaceExists`; `.invalidName`; `.invalidArgument` for a time or attributes that it does not take;
    ///   `.closed`; `.ioError` and `.noSpace` from the system.
    public func createSpace(
        _ name: String, timeToLive: Duration? = nil, attributes: [String: String] = [:]
    ) async throws -> Namespace {
        try await createNamespace(
            name, options: NamespaceOptions(timeToLive: timeToLive, attributes: attributes))
    }

    /// The names of namespaces, ordered by their bytes: as ``namespaces(prefix:after:limit:)``.
    ///
    /// - Throws: `.closed`; `.corruption` and `.ioError` when the catalog cannot be read.
    public func spaceNames(
        prefix: String = "", after name: String? = nil, limit: Int = .max
    ) async throws -> [String] {
        try await namespaces(prefix: prefix, after: name, limit: limit).map(\.name)
    }

    /// What the application keeps with a namespace: as ``Namespace/attributes``.
    ///
    /// - Throws: `.namespaceNotFound`; `.closed`.
    public func attributes(of name: String) async throws -> [String: String] {
        let namespace = try await namespace(name)
        return try await threads.administration.run { try namespace.attributes }
    }

    /// Gives a namespace another name: as ``renameNamespace(_:to:)``.
    ///
    /// - Throws: `.namespaceNotFound`; `.namespaceExists`; `.invalidName`; `.closed`.
    public func renameSpace(_ name: String, to newName: String) async throws {
        try await renameNamespace(name, to: newName)
    }

    /// Drops a namespace with all its data: as ``dropNamespace(_:)``.
    ///
    /// - Throws: `.namespaceNotFound`; `.closed`.
    public func dropSpace(_ name: String) async throws { try await dropNamespace(name) }

    /// Commits to several namespaces, all of it or nothing: as ``commit(_:durability:)``.
    ///
    /// - Throws: as ``write(durability:_:)``.
    @discardableResult
    public func commit(
        _ parts: [(space: Namespace, batch: WriteBatch)], durability: Durability? = nil
    ) async throws -> CommitReceipt {
        var batch = StoreBatch()
        for (namespace, writes) in parts { batch.append(writes, in: namespace) }
        return try await commit(batch, durability: durability)
    }
}
