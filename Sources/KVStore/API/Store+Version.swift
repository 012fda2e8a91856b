extension Store {
    /// The version of this library, as its changelog and its tags have it.
    ///
    /// It says nothing of a store: what that has is in its `STORE` file. Of the engine `kvbench engine` tells.
    public static let libraryVersion = "0.1.0"
}
