/// What files take on disk.
struct DiskSize {
    /// In blocks of the file system.
    let allocated: ByteCount
    /// How long they are.
    let used: ByteCount

    static func + (left: DiskSize, right: DiskSize) -> DiskSize {
        DiskSize(allocated: left.allocated + right.allocated, used: left.used + right.used)
    }
}
