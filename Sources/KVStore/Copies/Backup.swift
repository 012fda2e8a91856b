/// One of the backups in a folder: see ``Store/backup(to:checksShared:)``.
public struct Backup: Sendable, Hashable {
    /// What it is called: 1 for the first in its folder, and one more for each that follows.
    public let number: Int
    /// When it was made.
    public let created: Timestamp
    /// How many files it consists of.
    public let fileCount: Int
    /// The size of the store that it was made of, and that restoring makes.
    public let size: ByteCount
    /// How much of it was not in the folder before, and was written there.
    public let addedSize: ByteCount
}
