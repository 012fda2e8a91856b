extension StoreConfiguration {
    /// Who may have a store open at the same time, and who writes.
    public enum Access: Sendable, Hashable {
        /// To read and to write, alone among those who do: a second handle is refused with `.alreadyOpen`.
        case readWrite

        /// To read what is there, beside a process that writes.
        ///
        /// Each database is seen as it was when it was first used, the list of namespaces as it was when the store was
        /// opened; ``Namespace/reopen()`` sees what came since. No lock is taken and nothing is written to the folder.
        /// Calls that write, sync, flush or compact throw `.readOnly`. All table files of a namespace in use are kept
        /// open, whatever ``Tuning/maxOpenFiles`` says, and they take disk space until it is closed, also when the
        /// writer has removed them. RocksDB: `DB::OpenForReadOnly`.
        case readOnly

        /// As ``readOnly``, and every ``Store/catchUp()`` sees what was written since.
        ///
        /// Not RocksDB's secondary instance, which in version 7.8 brings deleted keys back: it keeps what it read from
        /// a log beside a table file from which a compaction has removed the key. RocksDB: `DB::OpenForReadOnly`, again
        /// with every catching up.
        case follower
    }

    /// Whether nothing is written.
    var isReader: Bool { access != .readWrite }
}

extension StoreConfiguration.Access: SettingText {
    private static var texts: [(text: String, access: StoreConfiguration.Access)] {
        [("readWrite", .readWrite), ("readOnly", .readOnly), ("follower", .follower)]
    }

    package static var form: String { "one of " + texts.map(\.text).joined(separator: ", ") }

    package init?(settingText text: String) {
        guard let named = Self.texts.first(where: { $0.text == text }) else { return nil }
        self = named.access
    }
}
