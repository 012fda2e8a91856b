internal import CRocksDB
internal import Synchronization

/// One of the engine's iterators with its options and bounds. Owned once; holds the column family that it reads.
struct EngineIterator: ~Copyable {
    private let handle: OpaquePointer
    private let options: ReadOptions
    private let witness: RangeDeletionGuard?
    let columnFamily: ColumnFamily
    /// As of when entries have expired: that of the snapshot, or when the iterator was made.
    private let time: UInt64
    /// The same, to be looked at fast, which happens at every step.
    private let unretainedColumnFamily: Unmanaged<ColumnFamily>

    /// Whether it is a cursor's own, and not one that watches another.
    private let isCounted: Bool

    init(_ columnFamily: ColumnFamily, _ options: ReadOptions, isCounted: Bool = true) {
        self.columnFamily = columnFamily
        self.options = options
        time = options.time ?? (columnFamily.trailerSize > 0 ? columnFamily.format.now : 0)
        unretainedColumnFamily = .passUnretained(columnFamily)
        self.isCounted = isCounted
        if isCounted { columnFamily.uses.cursors.wrappingAdd(1, ordering: .relaxed) }
        if !columnFamily.database.isReader { options.purgeInBackground() }
        handle = rocksdb_create_iterator_cf(columnFamily.database.engine, options.handle, columnFamily.family)
        witness = options.witness.map { RangeDeletionGuard(columnFamily, $0) }
    }

    /// One over a range as it is now. From inside the gate: ranges must not come to be deleted meanwhile where none
    /// were.
    init(_ columnFamily: ColumnFamily, latest range: KeyRange, _ scan: ScanOptions) throws(EngineFailure) {
        try columnFamily.database.handOn()
        let options =
            columnFamily.hasRangeDeletions
            ? try EngineSnapshot(columnFamily).options(range, scan)
            : ReadOptions(range: range, scan: scan, rangeDeletions: false)
        self.init(columnFamily, options)
    }

    deinit {
        if !columnFamily.isInForkedChild { rocksdb_iter_destroy(handle) }
        if isCounted { columnFamily.uses.cursors.wrappingSubtract(1, ordering: .releasing) }
        withExtendedLifetime((options, columnFamily)) {}
    }

    /// Whether the column family was let go under the iterator, which must then not be moved.
    @inline(__always)
    var isClosed: Bool { unretainedColumnFamily._withUnsafeGuaranteedRef { $0.isClosed } }

    func seekToFirst() {
        rocksdb_iter_seek_to_first(handle)
        witness?.follow(place, isForward: true) { $0.seekToFirst() }
    }

    func seekToLast() {
        rocksdb_iter_seek_to_last(handle)
        witness?.follow(place, isForward: false) { $0.seekToLast() }
    }

    /// Goes to the first entry at or after `key`.
    func seek(_ key: RawSpan) {
        key.withChars { rocksdb_iter_seek(handle, $0, $1) }
        witness?.follow(place, isForward: true) { $0.seek(key) }
    }

    /// Goes to the last entry at or before `key`.
    func seekBackward(_ key: RawSpan) {
        key.withChars { rocksdb_iter_seek_for_prev(handle, $0, $1) }
        witness?.follow(place, isForward: false) { $0.seekBackward(key) }
    }

    /// Whether a step is one of the engine's and no more: no witness, nothing hidden.
    var isPlain: Bool { witness == nil && columnFamily.trailerSize == 0 }

    /// Goes to the next entry. Only while ``isValid``, and only of an iterator that ``isPlain``.
    ///
    /// - Returns: whether there is one.
    @inline(__always)
    func plainNext() -> Bool {
        rocksdb_iter_next(handle)
        return rocksdb_iter_valid(handle) != 0
    }

    /// Goes to the entry before; else as ``plainNext()``.
    @inline(__always)
    func plainPrevious() -> Bool {
        rocksdb_iter_prev(handle)
        return rocksdb_iter_valid(handle) != 0
    }

    /// Only while ``isValid``: the engine ends the process otherwise.
    func next() {
        rocksdb_iter_next(handle)
        witness?.followStep(place, isForward: true)
    }

    /// Only while ``isValid``.
    func previous() {
        rocksdb_iter_prev(handle)
        witness?.followStep(place, isForward: false)
    }

    /// Goes to the entry beside, whether readers may see it or not. Only while ``isValid``.
    func step(isForward: Bool) {
        if isForward { next() } else { previous() }
    }

    /// Whether readers may see the entry that it is at. Only while ``isValid``.
    func showsEntry() throws(EngineFailure) -> Bool {
        columnFamily.trailerSize == 0 ? true : try columnFamily.format.shows(storedValue, at: time)
    }

    /// Goes on to the next entry that readers may see, unless it is at one.
    @inline(__always)
    func skipHidden(isForward: Bool) throws(EngineFailure) {
        if columnFamily.trailerSize > 0 { try skipWhatFormatHides(isForward: isForward) }
    }

    private func skipWhatFormatHides(isForward: Bool) throws(EngineFailure) {
        while isValid {
            if try showsEntry() { return }
            step(isForward: isForward)
        }
    }

    /// Goes on, forward, to the next entry that has not expired, unless it is at one.
    func skipExpired() {
        while isValid, columnFamily.format.hidesExpired(storedValue, at: time) { next() }
    }

    var isValid: Bool { rocksdb_iter_valid(handle) != 0 && witness?.hasFailed != true }

    /// The key that it is at, whatever a witness says.
    private var place: UnsafeRawBufferPointer? { rocksdb_iter_valid(handle) != 0 ? key : nil }

    /// Throws why the iterator is not valid, if it is not the end of its range.
    func check() throws(EngineFailure) {
        try engineCall { rocksdb_iter_get_error(handle, $0) }
        try witness?.check()
    }

    /// Only while ``isValid``.
    @inline(__always)
    var key: UnsafeRawBufferPointer {
        let bytes = kvstore_iterator_key(handle)
        return UnsafeRawBufferPointer(start: bytes.start, count: bytes.count)
    }

    /// What the database holds for the key. Only while ``isValid``.
    @inline(__always)
    var storedValue: UnsafeRawBufferPointer {
        let bytes = kvstore_iterator_value(handle)
        return UnsafeRawBufferPointer(start: bytes.start, count: bytes.count)
    }

    /// The value of the key. Only at an entry that readers may see.
    var value: UnsafeRawBufferPointer {
        let stored = storedValue
        return UnsafeRawBufferPointer(start: stored.baseAddress, count: max(0, stored.count - columnFamily.trailerSize))
    }
}
