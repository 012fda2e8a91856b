import KVStore
import Testing

/// Expects `body` to throw a ``StoreError`` with that code, whose description says each of `parts`.
@discardableResult
func expectError<Result: ~Copyable>(
    _ code: StoreError.Code, _ parts: String..., at location: SourceLocation = #_sourceLocation,
    _ body: () throws -> Result
) -> StoreError? {
    do {
        _ = try body()
        Issue.record("expected \(code), nothing was thrown", sourceLocation: location)
    } catch let error as StoreError {
        #expect(error.code == code, "\(error)", sourceLocation: location)
        for part in parts {
            #expect(error.description.contains(part), "no “\(part)” in: \(error)", sourceLocation: location)
        }
        return error
    } catch {
        Issue.record("expected \(code), got \(error)", sourceLocation: location)
    }
    return nil
}

/// A value that should be there is not: for values that cannot be copied and so not be required by a macro.
struct NoValue: Error {}
