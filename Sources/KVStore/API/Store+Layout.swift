extension Store {
    /// How the namespaces of a store lie on disk.
    public typealias Layout = StoreLayout

    /// How the namespaces lie on disk.
    public var layout: Layout { directory.layout }
}
