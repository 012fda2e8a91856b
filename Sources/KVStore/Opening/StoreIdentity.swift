internal import SystemPackage

/// What the file `STORE` says: the format of the folder, which store it is, and its layout. Written once, when the
/// store is made.
///
/// Format 2 has a line `layout`. A store of separate databases is written as format 1, which has none, so that older
/// versions of the library go on reading it; others they refuse.
struct StoreIdentity: Equatable {
    static let currentFormat = 2

    let id: String
    let created: String
    let layout: StoreLayout

    static func make(_ layout: StoreLayout) -> StoreIdentity {
        let now = Timestamp(seconds: Int64(MonotonicClock.seconds1970))
        return StoreIdentity(id: UniqueID.make().lowercased(), created: now.description, layout: layout)
    }

    /// The file's text. The checksum covers every line above it.
    var text: String {
        var lines = "KVStore \(layout == .separateDatabases ? 1 : 2)\nid \(id)\ncreated \(created)\n"
        if layout != .separateDatabases { lines += "layout \(layout.rawValue)\n" }
        return lines + "checksum \(Self.checksum(lines))\n"
    }

    init(id: String, created: String, layout: StoreLayout = .separateDatabases) {
        self.id = id
        self.created = created
        self.layout = layout
    }

    /// Reads the file's bytes.
    init(_ bytes: [UInt8], path: FilePath) throws(StoreError) {
        func damaged(_ what: String) -> StoreError {
            StoreError(
                .corruption, .open, path: path, "the file is damaged (\(what)); restore it from a backup of the store")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw damaged("it is not text") }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let first = lines.first, first.hasPrefix("KVStore "), let format = Int(first.dropFirst(8)), format >= 1
        else {
            throw damaged("its first line does not name the format")
        }
        // A newer format may have other lines; its first line and its checksum stay where they are.
        let covered = lines.dropLast(2).map { $0 + "\n" }.joined()
        guard lines.count >= 3, lines.last == "", lines[lines.count - 2] == "checksum \(Self.checksum(covered))" else {
            throw damaged("its checksum does not fit")
        }
        guard format <= Self.currentFormat else {
            throw StoreError(
                .formatTooNew, .open, path: path,
                "the store has format \(format), this version of the library reads up to \(Self.currentFormat): "
                    + "use a newer version")
        }
        func value(_ name: String) throws(StoreError) -> String {
            guard let line = lines.first(where: { $0.hasPrefix(name + " ") }) else {
                throw damaged("\(name) is missing")
            }
            return String(line.dropFirst(name.count + 1))
        }
        var layout = StoreLayout.separateDatabases
        if format >= 2 {
            guard let named = StoreLayout(rawValue: try value("layout")) else {
                throw damaged("its layout has no name that is known")
            }
            layout = named
        }
        self.init(id: try value("id"), created: try value("created"), layout: layout)
        // The id goes into lists of backups; no other line than those that are written may be there, and none twice.
        guard UniqueID.isOne(id), Array(self.text.utf8) == bytes else {
            throw damaged("its lines are not those that the library writes")
        }
    }

    static func checksum(_ text: String) -> String { String(FNV.hash(text.utf8), radix: 16) }
}
