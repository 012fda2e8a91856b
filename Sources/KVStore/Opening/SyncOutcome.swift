/// What became of syncing the log of a namespace's database.
enum SyncOutcome {
    case done
    /// Nothing is open that has a log.
    case closed
    /// It is being opened, closed or changed, and has to be come back to: it may stay open, and what was written to it
    /// would go past this sync.
    case busy
}
