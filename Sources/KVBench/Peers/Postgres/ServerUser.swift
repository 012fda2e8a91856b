import Glibc

/// Who a server runs as when this process is root, whom it does not run as.
struct ServerUser {
    let name: String
    let id: uid_t
    let group: gid_t

    /// `nil` when this process is somebody else, who the server then runs as.
    static var current: ServerUser? {
        guard geteuid() == 0 else { return nil }
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) {
                return ServerUser(name: name, id: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
            }
        }
        return nil
    }

    /// What becomes that user and goes on as the program behind it.
    var command: String { "setpriv --reuid \(id) --regid \(group) --clear-groups --" }
}
