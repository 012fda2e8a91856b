extension CatalogRecord {
    /// How values stand in the namespace's database; nil where that takes a merge operator that is not to be had.
    ///
    /// - Parameters:
    ///   - mergeOperator: the operator of a name.
    ///   - clock: by which entries expire.
    func format(_ mergeOperator: (String) -> MergeOperator?, _ clock: ExpiryClock) -> ValueFormat? {
        if let milliseconds = timeToLive { return .expiring(TimeToLive(milliseconds: milliseconds, clock: clock)) }
        guard let name = self.mergeOperator else { return .plain }
        return mergeOperator(name).map { .mergeable($0) }
    }
}
