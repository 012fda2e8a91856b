internal import Glibc

/// How many file descriptors the databases of a store may take, of those that the process may have.
struct DescriptorBudget: Sendable {
    /// What the process may have: `RLIMIT_NOFILE`.
    let limit: Int
    /// What the namespaces' databases may take together.
    let total: Int
    /// What the metadata database may take.
    let metadata: Int

    /// The least that a database can do with, the engine's own bound of `max_open_files`: six for its folder, log,
    /// manifest and lock, ten for table files, some for files being written.
    static let least = 20

    /// The budget of a store in this process.
    init(_ configuration: StoreConfiguration, limit: Int = DescriptorBudget.processLimit) throws(StoreError) {
        self.limit = limit
        // The application's own.
        let reserve = max(32, limit / 8)
        metadata = max(Self.least, min(configuration.metadataTuning.maxOpenFiles ?? limit, limit / 8))
        total = limit - reserve - metadata
        guard total >= Self.least else {
            throw StoreError(
                .invalidArgument, .open,
                "the process may have \(limit) files open (RLIMIT_NOFILE), a store needs \(32 + 2 * Self.least) at least: "
                    + "raise the limit (ulimit -n, LimitNOFILE=)")
        }
    }

    /// What one of that many open databases gets of what its tuning asks for.
    func share(of wanted: Int, among open: Int) -> Int {
        min(wanted, max(Self.least, min(total / 2, total / max(1, open))))
    }

    /// What a database takes that may keep so many files open, when it has so many table files.
    static func need(_ share: Int, tableFiles: Int) -> Int { min(share, least.addingSaturating(tableFiles)) }

    private static var processLimit: Int {
        var limits = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else { return 1024 }
        return Int(clamping: min(limits.rlim_cur, 1 << 20))
    }
}
