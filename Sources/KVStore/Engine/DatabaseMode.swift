/// How a database is opened.
enum DatabaseMode: Hashable {
    /// To be made. Only for one that has never existed: with its CURRENT file lost, a database would otherwise come
    /// back empty.
    case create
    /// To read and to write.
    case existing
    /// To read what is there now, beside whoever writes; nothing is written and no lock is taken.
    case readOnly

    var creates: Bool { self == .create }

    var isReader: Bool { self == .readOnly }
}
