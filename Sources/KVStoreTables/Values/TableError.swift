/// What went wrong in a table, beside what the store says (a `StoreError`) and what keys are (a ``KeyCodingError``). Holds no
/// key and no value.
public struct TableError: Error, Sendable, Hashable {
    /// The kind of failure, to branch on.
    public let code: Code
    /// The index concerned, if one was.
    public let index: String?
    /// What happened and what to do, as a sentence.
    public let message: String

    /// An error, for those who write coders.
    public init(_ code: Code, index: String? = nil, _ message: String) {
        self.code = code
        self.index = index
        self.message = message
    }
}

extension TableError {
    /// The kind of a failure. New codes may be added, so keep a `default` when you switch over them.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String, Sendable {
            case uniqueViolation, indexNotReady, indexed, unknownVersion, malformedValue, malformedEntry, invalidToken
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// The name of the code, for example `uniqueViolation`.
        public var description: String { kind.rawValue }

        /// Another row has what a unique index takes once. Nothing was written.
        public static let uniqueViolation = Code(.uniqueViolation)
        /// The index is not built, or not yet: see ``Table/prepareIndexes(in:batchSize:)``.
        public static let indexNotReady = Code(.indexNotReady)
        /// The table has indexes, so a write has to read first what it replaces, which a batch cannot.
        public static let indexed = Code(.indexed)
        /// A value of a version that the coder does not know.
        public static let unknownVersion = Code(.unknownVersion)
        /// A value that is not as the coder writes it.
        public static let malformedValue = Code(.malformedValue)
        /// An entry of the namespace that is none of the table, or of an index that is damaged.
        public static let malformedEntry = Code(.malformedEntry)
        /// A page token that is none, or one of pages in the other direction.
        public static let invalidToken = Code(.invalidToken)
    }
}

extension TableError: CustomStringConvertible {
    /// One line.
    public var description: String { "\(code)\(index.map { " of index \"\($0)\"" } ?? ""): \(message)" }
}
