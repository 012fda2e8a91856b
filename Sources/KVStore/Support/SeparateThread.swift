internal import Glibc

/// Runs what must not run on a thread that is ending.
///
/// The last reference to something of the engine's may go while a thread's own data is destroyed, as that of the
/// closure of a Foundation `Thread` does. The engine's data of that thread may be gone by then, and the engine would
/// use it all the same.
enum SeparateThread {
    /// Runs `body` on a thread made for it and waits for its end; on this one when none can be made.
    static func run(_ body: () -> Void) {
        withoutActuallyEscaping(body) { body in
            withUnsafePointer(to: body) { body in
                var thread = pthread_t()
                let status = pthread_create(
                    &thread, nil,
                    { body in
                        body?.assumingMemoryBound(to: (() -> Void).self).pointee()
                        return nil
                    }, UnsafeMutableRawPointer(mutating: body))
                guard status == 0 else { return body.pointee() }
                pthread_join(thread, nil)
            }
        }
    }

    /// Runs `body` on a thread made for it and does not wait for it; false when none can be made.
    static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Body(body))
        let status = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context.toOpaque())
        guard status == 0 else {
            context.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
