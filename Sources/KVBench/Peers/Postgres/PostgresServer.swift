import FoundationEssentials
import Glibc
import SystemPackage

/// A server of one's own: a new cluster in a folder, reached through a socket that nobody else can enter, which ends with
/// this process, however that ends.
final class PostgresServer: Sendable {
    /// Where it is, as libpq takes it.
    let address: String
    private let folder: FilePath
    private let process: ChildProcess

    /// Makes a cluster, unless there is one in the folder, starts the server and waits until it takes connections.
    ///
    /// - Parameters:
    ///   - folder: Made if missing. Its log goes beside it.
    ///   - settings: Of the server, as `name=value`.
    ///   - keepsData: Whether the folder stays when the server is stopped, with all written out. Otherwise it is removed,
    ///     also when this process was killed.
    /// - Throws: `UsageError` when it is not installed or cannot reach the folder, and what it says when it does not start.
    init(folder: FilePath, settings: [String], keepsData: Bool) throws {
        let programs = try PostgresPrograms.find()
        let folder = try Self.absolute(folder)
        self.folder = folder
        let user = ServerUser.current
        let log = FilePath("\(folder.string).log")
        let sockets = try Self.makeSocketFolder(user)
        try Self.make(folder, for: user)
        address = "host=\(sockets.string) user=kvbench dbname=postgres options=''"
        process = try ChildProcess(
            ["setsid", "--wait", "sh", "-c", Self.script, "kvbench-postgres"]
                + [programs.string, folder.string, sockets.string, log.string, user?.command ?? ""]
                + [keepsData ? "INT" : "QUIT"] + settings.flatMap { ["-c", $0] })
        do {
            try waitUntilReady(log, folder, user)
        } catch {
            stop()
            throw error
        }
    }

    deinit { stop() }

    /// The time of processors that the server and all processes of its own have taken; `nil` when it cannot be told.
    func cpuMicroseconds() -> Double? {
        let file = folder.appending("postmaster.pid")
        let line = try? String(contentsOfFile: file.string, encoding: .utf8).split(separator: "\n").first
        return line.flatMap { pid_t($0) }.flatMap { ProcessTree.cpuMicroseconds(of: $0) }
    }

    /// Ends the server and waits until it is gone.
    func stop() {
        process.closeInput()
        process.wait()
    }

    /// Watches over the server from a session of its own, which no Ctrl-C reaches: when this process closes the pipe that
    /// is its standard input, by ending in whatever way, the server is stopped.
    private static let script = """
        programs=$1 data=$2 sockets=$3 log=$4 user=$5 stop=$6
        shift 6
        exec 3<&0 </dev/null >>"$log" 2>&1
        trap 'rm -rf "$sockets"' EXIT
        export LC_ALL=C
        cd /
        $user test -w "$data" || exit \(unreachable)
        if [ ! -e "$data/PG_VERSION" ]; then
            $user "$programs/initdb" --pgdata="$data" --username=kvbench --auth=trust --encoding=UTF8 --locale=C --no-sync ||
                exit 1
            sync -f "$data"
        fi
        # The server of a run that was killed may be about to end.
        tries=0
        while [ -e "$data/postmaster.pid" ] && kill -0 "$(head -n 1 "$data/postmaster.pid")" && [ $tries -lt 600 ]; do
            tries=$((tries + 1))
            sleep 0.1
        done
        $user "$programs/postgres" -D "$data" -c listen_addresses= -c unix_socket_directories="$sockets" "$@" 3<&- &
        server=$!
        (read -r _ <&3; kill -s "$stop" "$server") &
        reader=$!
        wait "$server"
        kill "$reader"
        [ "$stop" = INT ] || rm -rf "$data" "$log"
        """

    private static let unreachable: Int32 = 3

    /// A path of a socket may be no longer than 107 bytes, which that of the data may be.
    private static func makeSocketFolder(_ user: ServerUser?) throws -> FilePath {
        var template = Array("/tmp/kvbench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw UsageError("no folder for a socket can be made in /tmp (\(Errno(rawValue: errno)))")
        }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if let user { chown(path, user.id, user.group) }
        return FilePath(path)
    }

    /// The server works elsewhere than this process does.
    private static func absolute(_ folder: FilePath) throws -> FilePath {
        guard let parent = realpath(folder.removingLastComponent().string, nil) else {
            throw UsageError("'\(folder)' cannot be made (\(Errno(rawValue: errno)))")
        }
        defer { free(parent) }
        return FilePath(String(cString: parent)).appending(folder.lastComponent?.string ?? "postgres")
    }

    private static func make(_ folder: FilePath, for user: ServerUser?) throws {
        guard mkdir(folder.string, 0o700) == 0 || errno == EEXIST else {
            throw UsageError("'\(folder)' cannot be made (\(Errno(rawValue: errno)))")
        }
        if let user { chown(folder.string, user.id, user.group) }
    }

    private func waitUntilReady(_ log: FilePath, _ folder: FilePath, _ user: ServerUser?) throws {
        let library = try PostgresLibrary.get()
        let deadline = MonotonicClock.now() + 300_000_000_000
        while (try? PostgresConnection(library, address)) == nil {
            if let status = process.exitStatus() {
                guard status != Self.unreachable else {
                    throw UsageError(
                        "the server of 'postgres' runs as \(user?.name ?? "you"), who cannot reach '\(folder)'; name with"
                            + " --scratch or --data a directory that everybody can enter, such as /var/tmp")
                }
                throw PeerFailure("PostgreSQL", "start a server", Self.end(of: log))
            }
            guard MonotonicClock.now() < deadline else {
                throw PeerFailure("PostgreSQL", "start a server", "it does not answer. " + Self.end(of: log))
            }
            usleep(20_000)
        }
    }

    /// What a log ends with.
    private static func end(of log: FilePath) -> String {
        let text = (try? String(contentsOfFile: log.string, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(5).joined(separator: "; ")
    }
}
