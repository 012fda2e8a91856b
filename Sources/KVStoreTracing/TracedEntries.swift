#if Tracing
    public import KVStoreInterface
    internal import Tracing

    /// The entries of a scan, with a span from the moment at which the first is asked for to the end of the loop, which
    /// says how many there were.
    public struct TracedEntries<Base: AsyncSequence>: AsyncSequence where Base.Element == Entry {
        public typealias Element = Entry

        let base: Base
        let namespace: String?
        let source: SpanSource

        /// An iterator: a scan of its own.
        public func makeAsyncIterator() -> Iterator {
            Iterator(base: base.makeAsyncIterator(), scan: Scan(namespace, source))
        }

        /// The entries one by one.
        public struct Iterator: AsyncIteratorProtocol {
            var base: Base.AsyncIterator
            let scan: Scan

            /// The next entry, nil at the end.
            ///
            /// - Throws: what the scan throws.
            public mutating func next() async throws -> Entry? {
                let span = scan.begin()
                do {
                    let entry = try await base.next()
                    if let entry { scan.add(entry) } else { scan.end() }
                    return entry
                } catch {
                    span?.fail(with: error)
                    scan.end()
                    throw error
                }
            }
        }
    }

    /// One scan, which ends at the latest when nobody goes on with it.
    final class Scan {
        private let namespace: String?
        private let source: SpanSource
        private var span: (any Span)?
        private var hasEnded = false
        private var entries = 0
        private var bytes = 0

        init(_ namespace: String?, _ source: SpanSource) {
            self.namespace = namespace
            self.source = source
        }

        deinit { end() }

        /// The span, begun when this is called first; nil after the end.
        func begin() -> (any Span)? {
            if span == nil, !hasEnded { span = source.begin("scan", of: namespace) }
            return span
        }

        func add(_ entry: Entry) {
            entries += 1
            bytes += entry.key.count + entry.value.count
        }

        func end() {
            guard !hasEnded else { return }
            hasEnded = true
            span?.set(entries: entries, bytes: bytes)
            span?.end()
            span = nil
        }
    }
#endif
