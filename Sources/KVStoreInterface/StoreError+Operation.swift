extension StoreError {
    /// The call that failed. New operations may be added.
    public struct Operation: Sendable, Hashable, CustomStringConvertible {
        /// The name of the call.
        public let description: String

        /// The operation of that name.
        public init(_ description: String) { self.description = description }

        /// Opening or making a store.
        public static let open = Operation("open")
        /// Closing it.
        public static let close = Operation("close")
        /// Creating a namespace.
        public static let createNamespace = Operation("createNamespace")
        /// Looking a namespace up.
        public static let namespace = Operation("namespace")
        /// Listing namespaces.
        public static let namespaces = Operation("namespaces")
        /// Dropping one.
        public static let dropNamespace = Operation("dropNamespace")
        /// Renaming one.
        public static let renameNamespace = Operation("renameNamespace")
        /// Reading or changing attributes.
        public static let attributes = Operation("attributes")
        /// Reading or changing a tuning.
        public static let tuning = Operation("tuning")
        /// Reading statistics.
        public static let statistics = Operation("statistics")
        /// Reading a key.
        public static let get = Operation("get")
        /// Reading many keys.
        public static let getMany = Operation("getMany")
        /// Asking whether a key is there.
        public static let contains = Operation("contains")
        /// Setting a key.
        public static let put = Operation("put")
        /// Loading in bulk.
        public static let ingest = Operation("ingest")
        /// Reading changes.
        public static let changes = Operation("changes")
        /// Merging.
        public static let merge = Operation("merge")
        /// Deleting a key.
        public static let delete = Operation("delete")
        /// Deleting a range.
        public static let deleteRange = Operation("deleteRange")
        /// Committing a batch.
        public static let write = Operation("write")
        /// A transaction.
        public static let transaction = Operation("transaction")
        /// An update.
        public static let update = Operation("update")
        /// Reading a range.
        public static let cursor = Operation("cursor")
        /// Taking or reading a snapshot.
        public static let snapshot = Operation("snapshot")
        /// Syncing the log.
        public static let sync = Operation("sync")
        /// Flushing memtables.
        public static let flush = Operation("flush")
        /// Compacting.
        public static let compact = Operation("compact")
        /// Opening a database anew.
        public static let reopen = Operation("reopen")
        /// Reading a property of the engine.
        public static let property = Operation("property")
        /// Checking a configuration.
        public static let validate = Operation("validate")
        /// Copying a store.
        public static let copy = Operation("copy")
        /// Making a checkpoint.
        public static let checkpoint = Operation("checkpoint")
        /// Making a backup.
        public static let backup = Operation("backup")
        /// Listing backups.
        public static let backups = Operation("backups")
        /// Verifying a backup.
        public static let verifyBackup = Operation("verifyBackup")
        /// Restoring a backup.
        public static let restore = Operation("restore")
        /// Removing backups.
        public static let purgeBackups = Operation("purgeBackups")
        /// Repairing a store.
        public static let repair = Operation("repair")
        /// Verifying a store.
        public static let verify = Operation("verify")
        /// Catching up with a writer.
        public static let catchUp = Operation("catchUp")
    }
}
