/// Which acknowledged commits can be gone after something happened.
enum Loss: Sendable, Equatable {
    /// None.
    case nothing
    /// Those of at most that long before it.
    case last(Duration)
    /// Those since the engine last wrote its memory out.
    case sinceFlush
    /// Those that the kernel had not written to the disk by then, which it does within half a minute or so.
    case unwritten
    /// All of them.
    case everything
    /// All of them: the files may contradict each other, and not be readable as a database any more.
    case corruption

    /// For a cell of a table.
    var text: String {
        switch self {
        case .nothing: "nothing"
        case .last(let time):
            "the last "
                + (time < .seconds(1) ? "\(Int(time.inSeconds * 1000)) ms" : "\(NumberText.plain(time.inSeconds)) s")
        case .sinceFlush: "since a flush"
        case .unwritten: "about 30 s"
        case .everything: "everything"
        case .corruption: "can corrupt it"
        }
    }
}

/// What an engine loses with one durability.
struct Losses: Sendable, Equatable {
    /// When the process that has the database open is killed.
    var kill: Loss
    /// When the power goes or the kernel ends.
    var powerCut: Loss
}
