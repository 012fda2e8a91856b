extension String {
    /// The bytes of a text, as reads return them.
    var bytes: [UInt8] { Array(utf8) }
}
