/// Why bytes are not the key that was expected. Holds none of them.
public struct KeyCodingError: Error, Sendable, Hashable {
    /// The kind of failure, to branch on.
    public let code: Code
    /// Where in the key, in bytes from its beginning.
    public let offset: Int

    /// An error, for those who decode keys of their own.
    public init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }
}

extension KeyCodingError {
    /// The kind of a failure. New codes may be added, so keep a `default` when you switch over them.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String, Sendable {
            case truncated, wrongType, malformed, outOfRange, invalidText, trailingBytes, tooDeep
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// The name of the code, for example `wrongType`.
        public var description: String { kind.rawValue }

        /// The key ends where there should be more.
        public static let truncated = Code(.truncated)
        /// An element is there, but of another type.
        public static let wrongType = Code(.wrongType)
        /// What is there is not as any element is written.
        public static let malformed = Code(.malformed)
        /// The value does not fit the type: an integer too large for it, a raw value that it does not have.
        public static let outOfRange = Code(.outOfRange)
        /// Text that is not UTF-8.
        public static let invalidText = Code(.invalidText)
        /// The key goes on where it should end.
        public static let trailingBytes = Code(.trailingBytes)
        /// Elements within elements beyond what ``AnyKeyElement`` takes.
        public static let tooDeep = Code(.tooDeep)
    }
}

extension KeyCodingError: CustomStringConvertible {
    /// One line.
    public var description: String { "the bytes are not the key that was expected: \(code) at byte \(offset)" }
}
