#if Configuration
    internal import Foundation
    public import KVStore
    public import SystemPackage

    /// The names that a source of configuration gives values to, so that those which are no settings are found.
    ///
    /// A `ConfigReader` can be asked for a name, and not which names there are: a setting that is misspelled would be as
    /// good as not there. So say beside the reader where its names can be listed: the environment, a file, or a list.
    public struct GivenNames: Sendable {
        private enum Source {
            /// The names of environment variables.
            case environment([String])
            /// Names from the root on, in their parts.
            case parts([[String]])
        }

        private let source: Source

        /// Those of the variables of the process's environment: as ``environment(_:)``.
        public static var environment: GivenNames { environment(ProcessInfo.processInfo.environment) }

        /// Those of environment variables, as swift-configuration's `EnvironmentVariablesProvider` takes them:
        /// `STORE_WAL_SYNC_INTERVAL` for `store.walSyncInterval`.
        ///
        /// Every variable that begins with the scope counts (none where the scope is empty), but those that Kubernetes sets for a service of that name:
        /// `STORE_PORT`, `STORE_SERVICE_HOST` and the like.
        public static func environment(_ variables: [String: String]) -> GivenNames {
            GivenNames(source: .environment(variables.keys.sorted()))
        }

        /// Those of the members of a JSON file, as swift-configuration's `FileProvider<JSONSnapshot>` takes it.
        ///
        /// - Throws: `.ioError` when it cannot be read; `.invalidArgument` when it holds no JSON object.
        public static func jsonFile(at path: FilePath) throws(StoreError) -> GivenNames {
            let data: Data
            do { data = try Data(contentsOf: URL(fileURLWithPath: path.string)) } catch {
                throw StoreError(.ioError, .validate, path: path, "the file of settings cannot be read: \(error)")
            }
            guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
                throw StoreError(.invalidArgument, .validate, path: path, "the file of settings holds no JSON object")
            }
            return GivenNames(source: .parts(paths(in: object)))
        }

        /// Names with points between their parts, from the root on: `store.walSyncInterval`.
        public static func names(_ names: some Sequence<String>) -> GivenNames {
            GivenNames(source: .parts(names.map { $0.split(separator: ".").map(String.init) }))
        }

        private static func paths(in object: [String: Any]) -> [[String]] {
            object.sorted { $0.key < $1.key }.flatMap { name, value in
                let parts = name.split(separator: ".").map(String.init)
                guard let members = value as? [String: Any] else { return [parts] }
                return paths(in: members).map { parts + $0 }
            }
        }
    }

    extension GivenNames {
        /// What is wrong with the names in a scope: those that are no settings, each with the nearest that is one.
        ///
        /// - Parameters:
        ///   - settings: the names of those that there are, in the scope.
        ///   - others: the beginnings of names that somebody else looks at.
        func complaints(in scope: [String], settings: [String], others: [String]) -> [String] {
            switch source {
            case .parts(let names):
                names.compactMap { parts in
                    guard parts.starts(with: scope), parts.count > scope.count else { return nil }
                    let name = parts.dropFirst(scope.count).joined(separator: ".")
                    if settings.contains(name) || others.contains(where: { name.hasPrefix($0 + ".") }) { return nil }
                    return Self.complaint(parts.joined(separator: "."), name, settings)
                }
            case .environment(let variables):
                // Without a scope, any variable may be meant.
                scope.isEmpty
                    ? []
                    : variables.compactMap { variable in
                        let prefix = Self.variable(scope) + "_"
                        guard variable.hasPrefix(prefix), !Self.isOfKubernetes(variable.dropFirst(prefix.count)) else {
                            return nil
                        }
                        let known = settings.map { Self.variable(scope + $0.split(separator: ".").map(String.init)) }
                        if known.contains(variable) { return nil }
                        if others.contains(where: { variable.hasPrefix(prefix + Self.variable([$0]) + "_") }) {
                            return nil
                        }
                        return Self.complaint(variable, variable, known)
                    }
            }
        }

        private static func complaint(_ given: String, _ name: String, _ known: [String]) -> String {
            let nearest = known.min { distance(name, $0) < distance(name, $1) }
            guard let nearest, distance(name, nearest) <= max(2, name.count / 3) else {
                return "\(given) is no setting; there are \(known.joined(separator: ", "))"
            }
            return "\(given) is no setting; did you mean \(nearest)?"
        }

        /// As swift-configuration names the variable of a key: words of a part are told by a capital behind a small
        /// letter.
        static func variable(_ parts: [String]) -> String {
            parts.map { part in
                var text = ""
                var last: Character?
                for character in part {
                    if let last, last.isLowercase, character.isUppercase { text.append("_") }
                    text.append(character.isLetter || character.isNumber ? character : "_")
                    last = character
                }
                return text.uppercased()
            }.joined(separator: "_")
        }

        /// `PORT`, `PORT_80_TCP_ADDR`, `SERVICE_HOST`, `SERVICE_PORT`, `SERVICE_PORT_HTTP`.
        private static func isOfKubernetes(_ rest: Substring) -> Bool {
            rest == "PORT" || rest == "SERVICE_HOST" || ["PORT_", "SERVICE_PORT"].contains { rest.hasPrefix($0) }
        }

        /// How many characters have to be put in, left out or changed to make one of the other.
        static func distance(_ one: String, _ other: String) -> Int {
            let (one, other) = (Array(one.lowercased()), Array(other.lowercased()))
            var row = Array(0...other.count)
            for (i, character) in one.enumerated() {
                var above = row[0]
                row[0] = i + 1
                for (j, second) in other.enumerated() {
                    let changed = above + (character == second ? 0 : 1)
                    above = row[j + 1]
                    row[j + 1] = min(changed, above + 1, row[j] + 1)
                }
            }
            return row[other.count]
        }
    }
#endif
