#if Tracing
    internal import KVStoreInterface
    internal import Tracing

    /// Where the spans of calls come from, and what all of them say.
    struct SpanSource: Sendable {
        /// Nil for the one that the program was bootstrapped with, whenever that is.
        let tracer: (any Tracer)?
        let kind: SpanKind

        /// Runs a call in a span of its own, which ends with it. Spans that begin within are its children.
        nonisolated(nonsending) func span<Result: Sendable>(
            _ operation: String, of namespace: String?, _ body: (any Span) async throws -> Result
        ) async throws -> Result {
            let span = begin(operation, of: namespace)
            defer { span.end() }
            do {
                return try await ServiceContext.$current.withValue(span.context) { try await body(span) }
            } catch {
                span.fail(with: error)
                throw error
            }
        }

        func begin(_ operation: String, of namespace: String?) -> any Span {
            func start(_ tracer: some Tracer) -> any Span { tracer.startSpan("kvstore.\(operation)", ofKind: kind) }
            let chosen: any Tracer = tracer ?? InstrumentationSystem.tracer
            let span = start(chosen)
            span.updateAttributes { all in
                all["db.system.name"] = "kvstore"
                all["db.operation.name"] = operation.toSpanAttribute()
                if let namespace { all["db.collection.name"] = namespace.toSpanAttribute() }
            }
            return span
        }
    }

    extension Span {
        /// Records an error; that a task was cancelled is none.
        func fail(with error: any Error) {
            if error is CancellationError { return }
            recordError(error)
            setStatus(SpanStatus(code: .error))
        }

        /// Says how much was read or written.
        func set(entries: Int, bytes: Int) {
            updateAttributes { all in
                all["kvstore.entries"] = entries.toSpanAttribute()
                all["kvstore.bytes"] = bytes.toSpanAttribute()
            }
        }

        /// Says what was asked for; nothing where it is the store's default.
        func set(_ durability: Durability?) {
            guard let durability else { return }
            updateAttributes { $0["kvstore.durability"] = durability.rawValue.toSpanAttribute() }
        }
    }
#endif
