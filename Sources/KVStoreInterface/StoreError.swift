public import SystemPackage

/// What went wrong, where, and what to do about it.
///
/// Branch on ``code``; show ``description`` to people. Neither ever holds key or value bytes, so an error can go to a
/// log. A missing key is not an error: reads return `nil`.
public struct StoreError: Error, Sendable {
    private let storage: Storage

    /// The kind of failure, to branch on.
    public var code: Code { storage.code }
    /// The call that failed, for example `put` or `open`.
    public var operation: Operation { storage.operation }
    /// The namespace concerned, if one was.
    public var namespace: String? { storage.namespace }
    /// The file or folder concerned, if one was.
    public var path: FilePath? { storage.path }
    /// What happened and what to do, as a sentence.
    public var message: String { storage.message }
    /// RocksDB's own words, unchanged, when the engine reported the failure.
    public var engineMessage: String? { storage.engineMessage }
    /// Of `.changesMissing`: the sequence number of the oldest commit that can still be read as a change, to go on from
    /// with the number before it; `nil` when there is none, or for another code.
    public var oldestChange: UInt64? { storage.oldestChange }
    /// Of `.changesLost`: the sequence number of the newest commit that is left of those that were acknowledged, to go on
    /// from once what came of the others was taken back; `nil` for another code.
    public var newestChange: UInt64? { storage.newestChange }

    /// An error, for those who make a store: users get them.
    public init(
        _ code: Code, _ operation: Operation, namespace: String? = nil, path: FilePath? = nil, _ message: String,
        engineMessage: String? = nil, oldestChange: UInt64? = nil, newestChange: UInt64? = nil
    ) {
        storage = Storage(
            code: code, operation: operation, namespace: namespace, path: path, message: message,
            engineMessage: engineMessage, oldestChange: oldestChange, newestChange: newestChange)
    }

    /// Whether the same call can succeed later with nothing repaired: the store was busy, not broken.
    public var isRetryable: Bool {
        switch code {
        case .busy, .conflict, .timedOut, .incomplete: true
        default: false
        }
    }
}

extension StoreError {
    /// Behind a reference, so that a throwing call returns one word and the path without an error pays nothing.
    private final class Storage: Sendable {
        let code: Code
        let operation: Operation
        let namespace: String?
        let path: FilePath?
        let message: String
        let engineMessage: String?
        let oldestChange: UInt64?
        let newestChange: UInt64?

        init(
            code: Code, operation: Operation, namespace: String?, path: FilePath?, message: String,
            engineMessage: String?, oldestChange: UInt64?, newestChange: UInt64?
        ) {
            self.code = code
            self.operation = operation
            self.namespace = namespace
            self.path = path
            self.message = message
            self.engineMessage = engineMessage
            self.oldestChange = oldestChange
            self.newestChange = newestChange
        }
    }
}

extension StoreError: CustomStringConvertible {
    /// One line: operation, namespace, message, path and the engine's words.
    public var description: String {
        var text = "\(operation)"
        if let namespace { text += " in namespace \"\(namespace)\"" }
        text += " failed (\(code)): \(message)"
        if let path { text += " [\(path)]" }
        if let engineMessage { text += " RocksDB says: \(engineMessage)" }
        return text
    }
}

extension StoreError {
    /// The kind of a failure. New codes may be added, so keep a `default` when you switch over them.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String, Sendable {
            case namespaceNotFound, namespaceExists, invalidName, invalidArgument, alreadyOpen, notAStore, formatTooNew
            case closed, readOnly, corruption, ioError, noSpace, busy, conflict, timedOut, incomplete, engine
            case changesMissing, changesLost
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// The name of the code, for example `namespaceNotFound`.
        public var description: String { kind.rawValue }

        /// No namespace has that name. It may have been dropped.
        public static let namespaceNotFound = Code(.namespaceNotFound)
        /// A namespace of that name is already there.
        public static let namespaceExists = Code(.namespaceExists)
        /// A namespace name that the store does not take: see ``Store/createNamespace(_:options:)``.
        public static let invalidName = Code(.invalidName)
        /// An argument outside what the call takes; nothing was done.
        public static let invalidArgument = Code(.invalidArgument)
        /// The store is open in another process or elsewhere in this one.
        public static let alreadyOpen = Code(.alreadyOpen)
        /// The path is no store: a file, a folder with other things in it, or nothing where nothing may be created.
        public static let notAStore = Code(.notAStore)
        /// The store was written by a newer version of this library, or over a newer version of RocksDB.
        public static let formatTooNew = Code(.formatTooNew)
        /// The store was closed, or what was used belongs to a store that was.
        public static let closed = Code(.closed)
        /// The store takes no writes: it was opened for reading only.
        public static let readOnly = Code(.readOnly)
        /// Commits that were asked for are not in the write-ahead log, or no longer: see ``Namespace/changes(since:)``.
        /// ``StoreError/oldestChange`` says where those begin that are.
        public static let changesMissing = Code(.changesMissing)
        /// The namespace has lost commits that a consumer of its changes had acknowledged: see ``ChangeConsumer``. What came
        /// of them is ahead of the namespace; ``StoreError/newestChange`` says up to where it is not.
        public static let changesLost = Code(.changesLost)
        /// Data on disk is damaged. The message names the file.
        public static let corruption = Code(.corruption)
        /// The system failed to read or write. After a failed write its outcome is unknown and the namespace takes
        /// no more writes until it is reopened.
        public static let ioError = Code(.ioError)
        /// The disk is full.
        public static let noSpace = Code(.noSpace)
        /// Something else holds what the call needs; try again.
        public static let busy = Code(.busy)
        /// Another transaction changed what this one read; try again.
        public static let conflict = Code(.conflict)
        /// The call ran out of time; try again.
        public static let timedOut = Code(.timedOut)
        /// The engine could not answer within the limits given.
        public static let incomplete = Code(.incomplete)
        /// Any other failure of the engine; its own words say which.
        public static let engine = Code(.engine)
    }
}
