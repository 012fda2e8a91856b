internal import Glibc

/// Which updates run within updates of other namespaces, in the whole process, so that no two wait for each other.
///
/// A closure holds the updates of its namespace back. An update or a transaction that is made within it, of another
/// namespace, may have to wait for the updates of that one, and would wait for ever for one that does the same the
/// other way round. So it is refused while there is such a one, or a circle of several. Updates that are within none
/// pay for two words that belong to their thread, and take no lock.
enum UpdateNesting {
    private static let lock = Lock(.innermost)
    /// From the queues of closures that run to those that something within them waits for or has; how many times each.
    /// Guarded by `lock`.
    nonisolated(unsafe) private static var inner: [ObjectIdentifier: [ObjectIdentifier: Int]] = [:]

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// The queue whose closure runs on this thread, the innermost of them.
    @inline(__always)
    static var current: UpdateQueue? {
        guard let queue = pthread_getspecific(key) else { return nil }
        return Unmanaged<UpdateQueue>.fromOpaque(queue).takeUnretainedValue()
    }

    /// Notes whose closure runs on this thread from now on. The queue outlives that.
    @inline(__always)
    static func setCurrent(_ queue: UpdateQueue?) {
        pthread_setspecific(key, queue.map { UnsafeRawPointer(Unmanaged.passUnretained($0).toOpaque()) })
    }

    /// Notes that something of `queue` is to be done within the closure of `outer` that runs on this thread.
    ///
    /// - Returns: false, and nothing is noted, when that could wait for ever.
    static func begin(_ queue: UpdateQueue, within outer: UpdateQueue) -> Bool {
        var held: Set<ObjectIdentifier> = []
        var next: UpdateQueue? = outer
        while let queue = next {
            held.insert(ObjectIdentifier(queue))
            next = queue.outer
        }
        return lock.withLock {
            var reached: Set<ObjectIdentifier> = [ObjectIdentifier(queue)]
            var rest = [ObjectIdentifier(queue)]
            while let one = rest.popLast() {
                if held.contains(one) { return false }
                for other in (inner[one] ?? [:]).keys where reached.insert(other).inserted { rest.append(other) }
            }
            inner[ObjectIdentifier(outer), default: [:]][ObjectIdentifier(queue), default: 0] += 1
            return true
        }
    }

    /// Ends what a ``begin(_:within:)`` that returned true has begun.
    static func end(_ queue: UpdateQueue, within outer: UpdateQueue) {
        let (one, other) = (ObjectIdentifier(outer), ObjectIdentifier(queue))
        lock.withLock {
            guard let count = inner[one]?[other] else { return }
            inner[one]?[other] = count > 1 ? count - 1 : nil
            if inner[one]?.isEmpty == true { inner[one] = nil }
        }
    }

    static let refusal =
        "it runs within an update of another namespace, and an update of this one is just doing the same the other way round; "
        + "each would wait for the other. Nothing of this was written. Leave the outer closure and try again, and nest "
        + "updates in the same order everywhere"
}
