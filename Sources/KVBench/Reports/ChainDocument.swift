/// What a chain of workloads measured: the JSON document of `kvbench run fill-random,read-random --json`, described by
/// `docs/kvbench-chain.schema.json`.
public struct ChainDocument: Codable, Sendable, Equatable {
    /// The version of the layout that this document has, which is that of the results in it.
    public var schema = ResultDocument.currentSchema
    /// Always `chain`.
    public var kind = "chain"
    /// One for each workload that was run, in their order.
    public var results: [ResultDocument]

    enum CodingKeys: String, CodingKey {
        case schema, kind, results
    }

    /// - Parameter results: one for each workload that was run.
    public init(_ results: [ResultDocument]) {
        self.results = results
    }
}
