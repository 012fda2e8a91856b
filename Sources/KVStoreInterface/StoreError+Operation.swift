extension StoreError {
    /// The call that failed. New operations may be added.
    ///
    /// Its constants are computed: every call on a namespace has one at hand, and never needs it unless it fails.
    public struct Operation: Sendable, Hashable, CustomStringConvertible {
        /// The name of the call.
        public let description: String

        /// The operation of that name.
        @inlinable
        public init(_ description: String) { self.description = description }

        /// Opening or making a store.
        @inlinable public static var open: Operation { Operation("open") }
        /// Closing it.
        @inlinable public static var close: Operation { Operation("close") }
        /// Creating a namespace.
        @inlinable public static var createNamespace: Operation { Operation("createNamespace") }
        /// Looking a namespace up.
        @inlinable public static var namespace: Operation { Operation("namespace") }
        /// Listing namespaces.
        @inlinable public static var namespaces: Operation { Operation("namespaces") }
        /// Dropping one.
        @inlinable public static var dropNamespace: Operation { Operation("dropNamespace") }
        /// Renaming one.
        @inlinable public static var renameNamespace: Operation { Operation("renameNamespace") }
        /// Reading or changing attributes.
        @inlinable public static var attributes: Operation { Operation("attributes") }
        /// Reading or changing a tuning.
        @inlinable public static var tuning: Operation { Operation("tuning") }
        /// Reading statistics.
        @inlinable public static var statistics: Operation { Operation("statistics") }
        /// Reading a key.
        @inlinable public static var get: Operation { Operation("get") }
        /// Reading many keys.
        @inlinable public static var getMany: Operation { Operation("getMany") }
        /// Asking whether a key is there.
        @inlinable public static var contains: Operation { Operation("contains") }
        /// Setting a key.
        @inlinable public static var put: Operation { Operation("put") }
        /// Loading in bulk.
        @inlinable public static var ingest: Operation { Operation("ingest") }
        /// Reading changes.
        @inlinable public static var changes: Operation { Operation("changes") }
        /// Merging.
        @inlinable public static var merge: Operation { Operation("merge") }
        /// Deleting a key.
        @inlinable public static var delete: Operation { Operation("delete") }
        /// Deleting a range.
        @inlinable public static var deleteRange: Operation { Operation("deleteRange") }
        /// Committing a batch.
        @inlinable public static var write: Operation { Operation("write") }
        /// A transaction.
        @inlinable public static var transaction: Operation { Operation("transaction") }
        /// An update.
        @inlinable public static var update: Operation { Operation("update") }
        /// Reading a range.
        @inlinable public static var cursor: Operation { Operation("cursor") }
        /// Taking or reading a snapshot.
        @inlinable public static var snapshot: Operation { Operation("snapshot") }
        /// Syncing the log.
        @inlinable public static var sync: Operation { Operation("sync") }
        /// Flushing memtables.
        @inlinable public static var flush: Operation { Operation("flush") }
        /// Compacting.
        @inlinable public static var compact: Operation { Operation("compact") }
        /// Opening a database anew.
        @inlinable public static var reopen: Operation { Operation("reopen") }
        /// Reading a property of the engine.
        @inlinable public static var property: Operation { Operation("property") }
        /// Checking a configuration.
        @inlinable public static var validate: Operation { Operation("validate") }
        /// Copying a store.
        @inlinable public static var copy: Operation { Operation("copy") }
        /// Making a checkpoint.
        @inlinable public static var checkpoint: Operation { Operation("checkpoint") }
        /// Making a backup.
        @inlinable public static var backup: Operation { Operation("backup") }
        /// Listing backups.
        @inlinable public static var backups: Operation { Operation("backups") }
        /// Verifying a backup.
        @inlinable public static var verifyBackup: Operation { Operation("verifyBackup") }
        /// Restoring a backup.
        @inlinable public static var restore: Operation { Operation("restore") }
        /// Removing backups.
        @inlinable public static var purgeBackups: Operation { Operation("purgeBackups") }
        /// Repairing a store.
        @inlinable public static var repair: Operation { Operation("repair") }
        /// Verifying a store.
        @inlinable public static var verify: Operation { Operation("verify") }
        /// Catching up with a writer.
        @inlinable public static var catchUp: Operation { Operation("catchUp") }
    }
}
