internal import KVStore
internal import Synchronization

/// What the threads have in common.
class StressThread {
    let stress: Stress
    let name: String
    var random: SeededRandom
    var isOver = false

    init(_ stress: Stress, _ name: String, _ number: Int) {
        self.stress = stress
        self.name = "\(name) \(number)"
        random = SeededRandom(seed: SeededRandom.mix(stress.seed, UInt64(number), UInt64(name.utf8.count)))
    }

    var store: Store { stress.store }

    /// Whether a call is made in its async form.
    func isAsync() -> Bool { Bool.random(using: &random) }

    func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

    /// Makes a call.
    ///
    /// - Parameter codes: what it may fail with.
    /// - Returns: what it returned, nil when it failed.
    @discardableResult
    func call<Result>(_ what: String, allowing codes: Set<String> = [], _ body: () throws -> Result) -> Result? {
        do {
            return try stress.watch.watch("\(name): \(what)", body)
        } catch let error as StoreError {
            if error.code == .closed, stress.isClosing.load(ordering: .sequentiallyConsistent) {
                isOver = true
            } else if !codes.contains(error.code.description) {
                ChildSetup.print("bad \(name): \(what) threw \(error)")
            }
        } catch {
            ChildSetup.print("bad \(name): \(what) threw \(error)")
        }
        return nil
    }

    /// What a call may fail with that holds a namespace while another thread reopens it.
    var holding: Set<String> { stress.holds ? ["busy", "closed", "alreadyOpen"] : [] }

    func bad(_ text: String) { ChildSetup.print("bad \(name): \(text)") }
}
