internal import SystemPackage

extension Store {
    /// Opens the store at a path given as text: see ``open(at:configuration:)``. Without swift-system among the
    /// dependencies of your package.
    ///
    /// - Throws: as the form that takes a `FilePath`.
    @_disfavoredOverload  // `open(at: .init(text))` stays what it was
    public static func open(
        at path: String, configuration: StoreConfiguration = StoreConfiguration()
    ) throws(StoreError) -> Store {
        try open(at: FilePath(path), configuration: configuration)
    }

    /// Opens the store at a path given as text, on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the form that takes a `FilePath`.
    @_disfavoredOverload  // `open(at: .init(text))` stays what it was
    public static func open(
        at path: String, configuration: StoreConfiguration = StoreConfiguration()
    ) async throws -> Store {
        try await open(at: FilePath(path), configuration: configuration)
    }
}
