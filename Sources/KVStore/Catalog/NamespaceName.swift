/// What a namespace may be called: 1 to 255 bytes of UTF-8 without control characters.
///
/// Names never become paths, so `a/b` and `../x` are as good as any other.
enum NamespaceName {
    /// - Parameter what: whose name it is.
    static func check(
        _ name: String, _ operation: StoreError.Operation, of what: String = "a namespace"
    ) throws(StoreError) {
        func refuse(_ reason: String) -> StoreError {
            StoreError(
                .invalidName, operation, reason + "; a name has 1 to 255 bytes of UTF-8 without control characters")
        }
        let count = name.utf8.count
        if count == 0 { throw refuse("the name of \(what) is empty") }
        if count > Limits.namespaceNameBytes { throw refuse("the name of \(what) has \(count) bytes") }
        // The C0 and C1 controls and delete.
        if name.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }) {
            throw refuse("the name of \(what) has a control character")
        }
    }
}
