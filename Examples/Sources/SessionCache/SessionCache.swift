import KVStore

/// Sessions of users, each gone by itself when nobody has used it for a while, also over a restart.
struct SessionCache: Sendable {
    private let sessions: Namespace
    private let lifetime: Duration

    init(in store: Store, lifetime: Duration) async throws {
        self.lifetime = lifetime
        // Without this option entries would not expire: the namespace has to be made for it.
        sessions = try await store.namespace(
            "sessions", createIfMissing: true, options: NamespaceOptions(timeToLive: lifetime))
    }

    /// Begins a session, or goes on with one under other content.
    func put(_ token: String, _ user: String) async throws {
        try await sessions.put(token, user, expiresAfter: lifetime)
    }

    /// Who has the session, which lives on from now; nil when it is over or never was.
    func user(of token: String) async throws -> String? {
        let lifetime = lifetime
        return try await sessions.update { update in
            // In an update, so that no sign-out comes between the look and the renewal.
            guard let user = try update.get(token) else { return nil }
            update.put(token, user, expiresAfter: lifetime)
            return String(decoding: user, as: UTF8.self)
        }
    }

    /// Ends a session. One that is over already is no error.
    func remove(_ token: String) async throws { try await sessions.delete(token) }

    /// How many there are.
    func count() async throws -> Int {
        var count = 0
        for try await _ in sessions.entries() { count += 1 }
        return count
    }
}
