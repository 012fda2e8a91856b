/// A reader of the changes of a namespace whose place is kept in the store, under a name.
///
/// ```swift
/// let mailer = try await orders.consumer("mailer")
/// for try await change in mailer.changes() {
///     try await send(change)
///     try await mailer.acknowledge(change.sequence)
/// }
/// ```
///
/// A loop begins behind what was acknowledged last, also after a restart or a crash: what was not acknowledged comes again,
/// and nothing is left out. Whoever may not see a change twice keeps its number with what it writes, in the same commit,
/// and goes on with ``Namespace/changes(since:)``.
///
/// A consumer holds up nothing: the log goes by age and size, as ``NamespaceOptions/changes`` says, whoever has read it. One
/// that falls behind that is told, by `.changesMissing` with ``StoreError/oldestChange``.
///
/// Cheap to pass around and to keep. Several loops of one name each get all changes; the place is the furthest that any of
/// them has acknowledged. In the metadata database: it goes with the namespace when that is dropped, and is in checkpoints and
/// backups, as of the same moment as the namespace. ``Store/copy(to:layout:)``, which numbers commits anew, and a repair
/// leave it out.
///
/// A namespace that was opened although it had lost commits (``StoreConfiguration/acceptsDataLoss``) gives their numbers to
/// others. A consumer that had acknowledged some of them is ahead of it: everything but ``move(to:)`` throws `.changesLost`
/// from then on, with ``StoreError/newestChange``, however far the namespace comes meanwhile and after a restart too. Take
/// back what came of the changes behind that number, or make it anew of the entries, and move the consumer.
public struct ChangeConsumer: Sendable {
    /// Its name: see ``Namespace/consumer(_:startingAfter:)``.
    public let name: String
    /// Whose changes it reads.
    public let namespace: Namespace

    /// The changes after its position, in their order, and those to come: as ``Namespace/changes(since:)``.
    ///
    /// The position is read when a loop begins.
    ///
    /// - Returns: a sequence that throws as that of ``Namespace/changes(since:)``, `.invalidArgument` when the
    ///   consumer was removed, and `.changesLost` when the namespace has lost changes that it acknowledged.
    public func changes() -> Changes { Changes(self) }

    /// Up to which sequence number changes were acknowledged.
    ///
    /// Opens the namespace where it is not open: only then is it known whether it still has them.
    ///
    /// - Throws: `.invalidArgument` when the consumer was removed; `.changesLost` when the namespace has lost changes that
    ///   were acknowledged; `.namespaceNotFound` when it was dropped; `.closed`; `.corruption` and `.ioError` when it cannot
    ///   be opened or the catalog cannot be read.
    public func position() throws(StoreError) -> UInt64 {
        _ = try namespace.store.record(of: namespace.slot, .changes)
        try namespace.slot.withColumnFamily(.changes) { (_) throws(EngineFailure) in }
        return try position(at: place())
    }

    /// Up to which sequence number changes were acknowledged. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func position() async throws -> UInt64 {
        try await namespace.store.threads.calls.run { try self.position() }
    }

    /// Notes that all changes up to a sequence number were dealt with. On disk when this returns, the commits up to it
    /// too, so that no power cut can take them and give their numbers to others.
    ///
    /// Two syncs at most: acknowledge the last of many rather than each. What is lower than the position changes nothing,
    /// so tasks may acknowledge in any order what all before was dealt with.
    ///
    /// - Parameter sequence: ``Change/sequence`` of the last change.
    /// - Throws: `.invalidArgument` for a number that the namespace has not come to, and when the consumer was removed;
    ///   `.changesLost` when the namespace has lost changes that were acknowledged before; `.namespaceNotFound` when it was
    ///   dropped; `.readOnly`; `.closed`; `.ioError` and `.noSpace` from the system.
    public func acknowledge(_ sequence: UInt64) throws(StoreError) {
        // Before it is said that the namespace has not come to the number, which it had.
        _ = try position()
        try set(sequence) { (old) throws(StoreError) in max(try position(at: old), sequence) }
    }

    /// Notes that all changes up to a sequence number were dealt with. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func acknowledge(_ sequence: UInt64) async throws {
        try await namespace.store.threads.calls.run { try self.acknowledge(sequence) }
    }

    /// Goes to another place, back too: loops that begin from now on go on behind it. On disk when this returns.
    ///
    /// After `.changesMissing`, to what the entries were read anew at, or, to do without what is missing, to the number
    /// before ``StoreError/oldestChange``. After `.changesLost`, to what the entries were read anew at, or, when what came of
    /// the changes behind ``StoreError/newestChange`` was taken back, to that; it is thrown no more then.
    ///
    /// - Throws: as ``acknowledge(_:)``, but for `.changesLost`.
    public func move(to sequence: UInt64) throws(StoreError) {
        try set(sequence) { (_) throws(StoreError) in sequence }
    }

    /// Goes to another place, back too. Runs on an I/O thread while the task is suspended.
    ///
    /// - Throws: as the synchronous form, and `CancellationError` for a task that is cancelled before it begins.
    public func move(to sequence: UInt64) async throws {
        try await namespace.store.threads.calls.run { try self.move(to: sequence) }
    }
}

extension ChangeConsumer {
    private var missing: StoreError {
        namespace.error(
            .invalidArgument, .changes, "the namespace has no consumer of the name \"\(name)\": it was removed")
    }

    private func place() throws(StoreError) -> ConsumerPlace {
        guard let place = try namespace.store.catalog.place(of: name, namespace.id, .changes) else { throw missing }
        return place
    }

    /// The position, where the changes up to it are not lost. The place is to be read while the namespace is open, or after:
    /// what it lacks is noted when it is opened.
    private func position(at place: ConsumerPlace) throws(StoreError) -> UInt64 {
        guard let newest = place.lostAfter else { return place.position }
        throw StoreError(
            .changesLost, .changes, namespace: namespace.name, path: namespace.slot.context.path,
            "the consumer \"\(name)\" acknowledged changes up to sequence number \(place.position), and the namespace has lost "
                + "those behind \(newest), whose numbers others get. Take back what came of them, or read the entries anew; "
                + "then move the consumer",
            newestChange: newest)
    }

    /// Throws when the namespace has lost changes that were acknowledged. That it was removed is no error.
    func checkHasAll() throws(StoreError) {
        guard let place = try namespace.store.catalog.place(of: name, namespace.id, .changes) else { return }
        _ = try position(at: place)
    }

    /// - Parameter position: says the new position; called while nobody else sets it.
    private func set(
        _ sequence: UInt64, _ position: (_ old: ConsumerPlace) throws(StoreError) -> UInt64
    ) throws(StoreError) {
        let store = namespace.store
        _ = try store.record(of: namespace.slot, .changes)
        try namespace.makeDurable(sequence)
        // With the lock the namespace cannot be dropped meanwhile, which would leave the position behind.
        try store.lockCatalog(.changes, for: namespace.slot.context)
        defer { store.catalogLock.unlock() }
        let old = try place()
        let new = ConsumerPlace(try position(old))
        guard new != old else { return }
        try store.catalog.setPlace(of: name, namespace.id, to: new, .changes)
    }
}
