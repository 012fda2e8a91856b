internal import SystemPackage

extension EngineFailure {
    /// The kind of failure.
    var code: StoreError.Code {
        switch self {
        case .status(let text): Self.code(ofStatus: text)
        case .refused(let code, _): code
        case .changesMissing: .changesMissing
        }
    }

    /// Calls what looks at files before the engine does.
    static func refusing(_ body: () throws(StoreError) -> Void) throws(EngineFailure) {
        do throws(StoreError) {
            try body()
        } catch {
            throw .refused(error.code, error.message)
        }
    }

    /// The file below `folder` that the engine's words name last, a table file rather than another; nil when they name
    /// none.
    func file(in folder: FilePath) -> FilePath? {
        guard case .status(let text) = self else { return nil }
        let start = folder.string + "/"
        var file: Substring?
        var isTableFile = false
        var rest = text[...]
        while let range = rest.firstRange(of: start) {
            rest = rest[range.upperBound...]
            let name = rest.prefix { $0.isLetter || $0.isNumber || "-_.".contains($0) }
            let isTable = name.contains(EngineFiles.tableSuffix) || name.contains(EngineFiles.oldTableSuffix)
            if !name.isEmpty, isTable || !isTableFile { (file, isTableFile) = (name, isTable) }
        }
        guard var name = file else { return nil }
        // The end of a sentence is none of a name.
        while name.last == "." { name = name.dropLast() }
        // Of a table file that is missing it names the ending that such files had once.
        return folder.appending(
            name.hasSuffix(EngineFiles.oldTableSuffix)
                ? name.dropLast(EngineFiles.oldTableSuffix.count) + EngineFiles.tableSuffix : String(name))
    }

    /// The kind of failure as the status text tells it: the engine's code, its subcode if there is one, what it was
    /// doing, the file and the system's words ("IO error: No space left on device: While appending to file: PATH:
    /// ...").
    ///
    /// By its beginning alone, which is the engine's: what follows has paths in it, which can say anything.
    private static func code(ofStatus text: String) -> StoreError.Code {
        statuses.first { text.hasPrefix($0.beginning) }?.code ?? .engine
    }

    /// How statuses begin, those before others that begin the same.
    private static let statuses: [(beginning: String, code: StoreError.Code)] = [
        // What newer engines write. Of any other number a damaged byte is as likely.
        ("Corruption: Corrupt or unsupported format_version: 6 ", .formatTooNew),
        ("Corruption: Corrupt or unsupported format_version: 7 ", .formatTooNew),
        ("Corruption: ", .corruption),
        // A file that the engine expects and does not find is data lost.
        ("IO error: No such file or directory", .corruption),
        ("IO error: No space left on device", .noSpace),
        ("IO error: Space limit reached", .noSpace),
        ("IO error: While lock file: ", .alreadyOpen),
        ("IO error: lock hold by current process, ", .alreadyOpen),
        ("IO error: ", .ioError),
        // What the engine makes of a CURRENT file that it could not open.
        ("Invalid argument: Direct I/O is not supported", .ioError),
        ("Invalid argument: Found options incompatible with filesystem", .ioError),
        ("Invalid argument: ", .invalidArgument),
        ("Result incomplete: ", .incomplete),
        ("Resource busy: ", .busy),
        ("Operation failed. Try again.: ", .busy),
        ("Operation timed out: ", .timedOut),
    ]
}
