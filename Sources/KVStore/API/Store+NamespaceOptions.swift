internal import SystemPackage

extension Store {
    /// How values stand in a namespace's database, as the catalog says.
    func format(
        of record: CatalogRecord, _ operation: StoreError.Operation
    ) throws(StoreError) -> ValueFormat {
        try configuration.format(of: record, at: path, operation)
    }

    /// Checks the options of a namespace that is to be created.
    func check(
        _ options: NamespaceOptions, _ name: String, _ operation: StoreError.Operation
    ) throws(StoreError) {
        func refuse(_ message: String) -> StoreError {
            StoreError(.invalidArgument, operation, namespace: name, path: path, message)
        }
        if let merge = options.mergeOperator, configuration.mergeOperator(merge.name) == nil {
            throw refuse(
                "the merge operator \"\(merge.name)\" is not among the configuration's mergeOperators, so that the namespace "
                    + "could not be opened again; add it there")
        }
        if let timeToLive = options.timeToLive, timeToLive < .milliseconds(1) {
            throw refuse("timeToLive is \(timeToLive), it must be at least 1 ms")
        }
        if options.mergeOperator != nil, options.timeToLive != nil {
            throw refuse("a namespace cannot have both a merge operator and a time to live")
        }
        try options.tuning?.validate()
        if let complaint = options.changes?.complaint { throw refuse(complaint) }
        if let complaint = CatalogRecord.complaint(options.attributes) { throw refuse(complaint) }
    }

    /// Checks that a namespace has the options that somebody thinks it has.
    func check(_ options: NamespaceOptions, of record: CatalogRecord) throws(StoreError) {
        let expected = CatalogRecord(name: record.name, id: record.id, options: options)
        guard expected.mergeOperator == record.mergeOperator, expected.timeToLive == record.timeToLive else {
            func describe(_ record: CatalogRecord) -> String {
                let merge = record.mergeOperator.map { "the merge operator \"\($0)\"" } ?? "no merge operator"
                return merge + (record.timeToLive.map { " and a time to live of \($0) ms" } ?? " and no time to live")
            }
            throw StoreError(
                .invalidArgument, .namespace, namespace: record.name, path: path,
                "the namespace was created with \(describe(record)), not with \(describe(expected))")
        }
        guard let changes = options.changes, expected.changes != record.changes else { return }
        let kept = record.changes.map { "\($0.retention.keptFor) and up to \($0.retention.upTo)" }
        throw StoreError(
            .invalidArgument, .namespace, namespace: record.name, path: path,
            "the namespace keeps its changes for \(kept ?? "no time"), not for \(changes.keptFor) and up to \(changes.upTo): "
                + "take it without that option, and call setChangeRetention")
    }
}

extension StoreConfiguration {
    /// How values stand in a namespace's database, as the catalog says.
    ///
    /// - Parameter path: what the error names.
    /// - Throws: `.invalidArgument` for a merge operator that is not among those of the configuration.
    func format(
        of record: CatalogRecord, at path: FilePath, _ operation: StoreError.Operation
    ) throws(StoreError) -> ValueFormat {
        if let format = record.format(mergeOperator, ExpiryClock(custom: timeToLiveClock)) { return format }
        throw StoreError(
            .invalidArgument, operation, namespace: record.name, path: path,
            "the namespace was created with the merge operator \"\(record.mergeOperator ?? "")\", which is not among the "
                + "configuration's mergeOperators; add it there")
    }
}
