import CPeers

/// The rows that a statement has returned, for as long as they are shown.
struct PostgresRows {
    private let calls: peers_postgres
    private let result: OpaquePointer
    let count: Int

    init(_ calls: peers_postgres, _ result: OpaquePointer) {
        self.calls = calls
        self.result = result
        count = Int(calls.ntuples(result))
    }

    func bytes(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: calls.get_value(result, Int32(row), Int32(column)),
            count: Int(calls.get_length(result, Int32(row), Int32(column))))
    }
}
