import Synchronization

/// Hands a value from one thread to another without a lock; a value that nobody took is replaced by the next.
final class Mailbox<Value: Sendable>: @unchecked Sendable {  // the pointer changes hands atomically and whole
    private let content = Atomic<UnsafeMutableRawPointer?>(nil)

    /// Puts `value` in.
    func post(_ value: Value) {
        release(content.exchange(Unmanaged.passRetained(Box(value)).toOpaque(), ordering: .acquiringAndReleasing))
    }

    /// Takes out what was put in last, or `nil` when nothing was since.
    func take() -> Value? {
        guard let box = content.exchange(nil, ordering: .acquiringAndReleasing) else { return nil }
        return Unmanaged<Box>.fromOpaque(box).takeRetainedValue().value
    }

    deinit {
        release(content.exchange(nil, ordering: .acquiringAndReleasing))
    }

    private func release(_ box: UnsafeMutableRawPointer?) {
        if let box { Unmanaged<Box>.fromOpaque(box).release() }
    }

    private final class Box {
        let value: Value
        init(_ value: Value) { self.value = value }
    }
}
