import Dispatch

/// Lets all workers start at the same moment, once the last of them is ready.
final class StartGate: Sendable {
    private let ready = DispatchSemaphore(value: 0)
    private let open = DispatchSemaphore(value: 0)

    /// Says that a worker is ready and waits for the gate to open.
    func arriveAndWait() {
        ready.signal()
        open.wait()
    }

    /// Waits until that many workers have arrived.
    func waitForArrival(of workers: Int) {
        for _ in 0..<workers { ready.wait() }
    }

    /// Lets that many workers through.
    func open(for workers: Int) {
        for _ in 0..<workers { open.signal() }
    }
}
