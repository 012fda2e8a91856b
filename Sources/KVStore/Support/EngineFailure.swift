/// Why a call that reached the engine failed.
enum EngineFailure: Error {
    /// What the engine said: its status as text, which is all that the C API gives.
    case status(String)
    /// What we found before the engine was asked.
    case refused(StoreError.Code, String)
    /// Commits that are asked for are not in the log.
    case changesMissing(String, oldest: UInt64?)

    /// A write where there are none.
    static let readOnly = EngineFailure.refused(
        .readOnly, "the store was opened for reading only; write through the handle that has it open for writing")
}
