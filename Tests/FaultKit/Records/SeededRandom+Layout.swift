internal import KVStore

extension SeededRandom {
    /// The layout of the next store to be harmed.
    mutating func layout() -> Store.Layout { Store.Layout.allCases.randomElement(using: &self) ?? .separateDatabases }
}
