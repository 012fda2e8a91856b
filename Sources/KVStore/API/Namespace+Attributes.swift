extension Namespace {
    /// What the application keeps with the namespace: see ``NamespaceOptions/attributes``.
    ///
    /// Does not open the namespace.
    ///
    /// - Throws: `.namespaceNotFound` when it was dropped; `.closed`; `.invalidArgument` for ``Store/metadata``, which
    ///   has none.
    public var attributes: [String: String] {
        get throws(StoreError) { try store.record(of: slot, .attributes).attributes ?? [:] }
    }

    /// Sets one attribute, or removes it when `value` is nil. On disk when this returns; the others stay as they are.
    ///
    /// - Throws: `.invalidArgument` for an empty name and for more than ``Limits/namespaceAttributesSize``;
    ///   `.namespaceNotFound` when the namespace was dropped; `.readOnly`; `.closed`; `.ioError` and `.noSpace` from
    ///   the system. Removing what is not there is no error.
    public func setAttribute(_ name: String, to value: String?) throws(StoreError) {
        try changeAttributes { $0[name] = value }
    }

    /// Replaces all attributes in one step. On disk when this returns.
    ///
    /// - Throws: as ``setAttribute(_:to:)``.
    public func setAttributes(_ attributes: [String: String]) throws(StoreError) {
        try changeAttributes { $0 = attributes }
    }

    /// Sets or removes one attribute. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func setAttribute(_ name: String, to value: String?) async throws {
        try await store.threads.administration.run { try self.setAttribute(name, to: value) }
    }

    /// Replaces all attributes. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func setAttributes(_ attributes: [String: String]) async throws {
        try await store.threads.administration.run { try self.setAttributes(attributes) }
    }

    private func changeAttributes(_ change: (inout [String: String]) -> Void) throws(StoreError) {
        try store.changeRecord(of: slot, .attributes) { (record) throws(StoreError) in
            var attributes = record.attributes ?? [:]
            change(&attributes)
            if let complaint = CatalogRecord.complaint(attributes) {
                throw error(.invalidArgument, .attributes, complaint)
            }
            record.attributes = attributes.isEmpty ? nil : attributes
        }
    }
}

extension CatalogRecord {
    /// What is wrong with attributes; nil when nothing is.
    static func complaint(_ attributes: [String: String]) -> String? {
        if attributes[""] != nil { return "an attribute has an empty name" }
        let size = attributes.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        guard size > Limits.namespaceAttributesSize.bytes else { return nil }
        return "the attributes take \(ByteCount(size)), the limit is \(Limits.namespaceAttributesSize)"
    }
}
