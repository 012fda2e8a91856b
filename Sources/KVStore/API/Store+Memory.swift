internal import Glibc
internal import Logging

extension Store {
    /// The most memory that caches and memtables can take with as many namespaces open as the configuration allows.
    ///
    /// Block caches and memtables fill as they are used. Beyond it come index and filter blocks of open table files,
    /// what cursors and pinned values hold on to, and some 100 KiB a database; what is taken now is ``memoryUsage``.
    /// Namespaces with a tuning of their own count as the others do. ``StoreConfiguration/memtableLimit`` can be
    /// exceeded for moments.
    public var memoryBudget: ByteCount {
        budget(openNamespaces: openLimit).total
    }

    /// How many namespaces can be open at the same time.
    private var openLimit: Int {
        // Where it is all of them, that makes a difference where each has a cache of its own.
        storage.maxOpen ?? (configuration.blockCache == .perNamespace ? pool.namespaceCount : 1)
    }

    /// How many databases as many open namespaces are in.
    private func databases(_ openNamespaces: Int) -> Int { storage.maxOpen == nil ? 1 : openNamespaces }

    private func budget(openNamespaces: Int) -> MemoryBudget {
        MemoryBudget(configuration, openNamespaces: openNamespaces, databases: databases(openNamespaces))
    }

    /// Warns when the namespaces that there are could take more memory than the machine has.
    func warnOfMemory() throws(StoreError) {
        let machine = ByteCount(sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)))
        let count = try catalog.count()
        pool.noteNamespaces(count)
        let open = min(openLimit, count)
        let budget = budget(openNamespaces: open)
        let tooLarge = budget.tooLarge(for: machine)
        guard !tooLarge.isEmpty else { return }
        let advice = tooLarge.map { "lower \($0.settings), which comes to \($0.size)" }.joined(separator: "; ")
        log.logger.warning(
            """
            the store may take more memory than the machine has: \(budget.total) with \(open) namespaces open, of \
            \(machine): \(advice)
            """, metadata: ["bytes": "\(budget.total.bytes)", "machine_bytes": "\(machine.bytes)"])
    }
}
