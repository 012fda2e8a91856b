import CoreMetrics
import Synchronization

/// Metrics as lines of text, the last value of each: what a monitoring system reads.
final class TextMetrics: MetricsFactory {
    /// One that is set or added to.
    final class Value: CounterHandler, RecorderHandler, TimerHandler, FloatingPointCounterHandler, MeterHandler {
        private let value = Mutex(0.0)

        var text: String { value.withLock { String($0) } }

        func increment(by amount: Int64) { value.withLock { $0 += Double(amount) } }
        func increment(by amount: Double) { value.withLock { $0 += amount } }
        func decrement(by amount: Double) { value.withLock { $0 -= amount } }
        func reset() { value.withLock { $0 = 0 } }
        func record(_ number: Int64) { value.withLock { $0 = Double(number) } }
        func record(_ number: Double) { value.withLock { $0 = number } }
        func recordNanoseconds(_ duration: Int64) { value.withLock { $0 = Double(duration) * 1e-9 } }
        func set(_ number: Int64) { record(number) }
        func set(_ number: Double) { record(number) }
    }

    private let values = Mutex<[String: Value]>([:])

    /// `name{label="value"} number`, a line each.
    var text: String {
        values.withLock { $0.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.text)\n" }.joined() }
    }

    private func value(_ label: String, _ dimensions: [(String, String)]) -> Value {
        let labels = dimensions.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
        return values.withLock { values in
            let name = labels.isEmpty ? label : "\(label){\(labels)}"
            let value = values[name] ?? Value()
            values[name] = value
            return value
        }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { value(label, dimensions) }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        value(label, dimensions)
    }
    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { value(label, dimensions) }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { value(label, dimensions) }
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}
