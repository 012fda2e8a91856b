/// A batch as a closure of the caller's has filled it.
func filled<Batch>(_ batch: consuming Batch, by fill: (inout Batch) throws -> Void) rethrows -> Batch {
    var batch = batch
    try fill(&batch)
    return batch
}
