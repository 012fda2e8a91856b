#if ServiceLifecycle
    public import KVStore
    public import ServiceLifecycle
    public import SystemPackage

    /// The life of a store as a service of a `ServiceGroup`.
    ///
    /// ```swift
    /// let store = try await Store.open(at: "/var/lib/app")
    /// let group = ServiceGroup(
    ///     services: [StoreService(store), server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    /// try await group.run()
    /// ```
    ///
    /// A group shuts its services down in the reverse of their order, each when the one before has ended: give the store
    /// *before* those that use it. By the time it is its turn they have answered what they had begun. The store then
    /// refuses new calls, waits for those that are running, syncs the logs, and closes: with `.closed` for those who come
    /// too late.
    ///
    /// It is closed too when the service is cancelled, which happens when another service of the group fails, or the group
    /// lost its patience. Closing is never cut short: a process that is killed meanwhile loses no commit either.
    public actor StoreService: Service {
        private enum State {
            case toBeOpened(FilePath, StoreConfiguration)
            case opening
            case open(Store)
            case failed(any Error)
        }

        private var state: State
        private var waiting: [Int: CheckedContinuation<Store, any Error>] = [:]
        private var nextWaiting = 0
        private let close: @Sendable (Store) async throws -> Void

        /// A service that closes a store which is open already: what uses the store can be made before the group runs.
        public init(_ store: Store) { self.init(store) { try await $0.close() } }

        /// The same with another way to close it, for tests.
        init(_ store: Store, close: @escaping @Sendable (Store) async throws -> Void) {
            state = .open(store)
            self.close = close
        }

        /// A service that opens the store in a folder when it runs, and closes it. What uses it asks for ``store``.
        ///
        /// - Parameters:
        ///   - path: the folder.
        ///   - configuration: the documented tuning unless you say otherwise.
        public init(at path: FilePath, configuration: StoreConfiguration = StoreConfiguration()) {
            state = .toBeOpened(path, configuration)
            close = { try await $0.close() }
        }

        /// The store; waits until the service has opened it.
        ///
        /// It is the same when the service has ended: its calls throw `.closed` then.
        ///
        /// - Throws: what opening it threw; `CancellationError` for a task that is cancelled while it waits.
        public var store: Store {
            get async throws {
                switch state {
                case .open(let store): return store
                case .failed(let error): throw error
                case .toBeOpened, .opening: return try await waitForStore()
                }
            }
        }

        /// Opens the store, unless it is, and closes it when the group shuts down gracefully, or when the task is cancelled.
        ///
        /// - Throws: what opening threw. The first failure to sync a log when it was closed: what was committed since the
        ///   last sync may not survive a power cut then, and the store is closed all the same. `CancellationError` when it
        ///   was cancelled and closed without a failure.
        public func run() async throws {
            let store = try await opened()
            let end: Result<Void, any Error>
            do {
                end = .success(try await gracefulShutdown())
            } catch {
                end = .failure(error)
            }
            // Also in a task that was cancelled.
            try await close(store)
            try end.get()
        }
    }

    extension StoreService {
        private func opened() async throws -> Store {
            switch state {
            case .open(let store): return store
            case .failed(let error): throw error
            // A second run beside the first.
            case .opening: return try await waitForStore()
            case .toBeOpened(let path, let configuration):
                state = .opening
                do {
                    let store: Store = try await Store.open(at: path, configuration: configuration)
                    settle(.open(store), .success(store))
                    return store
                } catch {
                    settle(.failed(error), .failure(error))
                    throw error
                }
            }
        }

        private func settle(_ state: State, _ result: Result<Store, any Error>) {
            self.state = state
            for continuation in waiting.values { continuation.resume(with: result) }
            waiting = [:]
        }

        private func waitForStore() async throws -> Store {
            let number = nextWaiting
            nextWaiting += 1
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    if Task.isCancelled {
                        continuation.resume(throwing: CancellationError())
                    } else {
                        waiting[number] = continuation
                    }
                }
            } onCancel: {
                Task { await self.stopWaiting(number) }
            }
        }

        private func stopWaiting(_ number: Int) {
            waiting.removeValue(forKey: number)?.resume(throwing: CancellationError())
        }
    }
#endif
