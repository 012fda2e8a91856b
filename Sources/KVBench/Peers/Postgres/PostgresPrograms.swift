import FoundationEssentials
import Glibc
import SystemPackage

/// Where the server's programs are.
enum PostgresPrograms {
    /// The folder of the newest ones.
    ///
    /// - Throws: `UsageError` when there are none.
    static func find() throws(UsageError) -> FilePath {
        let debian = FilePath("/usr/lib/postgresql")
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian.string)) ?? []
        let newestFirst = versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        let folders =
            newestFirst.map { debian.appending($0).appending("bin") }
            + path.split(separator: ":").map { FilePath(String($0)) }
        let found = folders.first { folder in
            ["postgres", "initdb"].allSatisfy { access(folder.appending($0).string, X_OK) == 0 }
        }
        guard let found else {
            throw UsageError(
                "the engine 'postgres' has no server to start: apt-get install postgresql, or name one that runs with"
                    + " --postgres URL")
        }
        return found
    }
}
