internal import KVStore

/// Creates, uses and drops namespaces of its own.
final class StressChurner: StressThread, @unchecked Sendable {  // used by one thread
    private let prefix: String
    private var names: [String] = []
    private var count = 0

    init(_ stress: Stress, _ number: Int) {
        prefix = "churn-\(number)"
        super.init(stress, "churner", number)
    }

    func run() {
        while !isOver {
            let store = store
            switch number(0..<4) {
            case 0 where names.count > 2:
                let name = names.removeFirst()
                if isAsync() {
                    call("async drop") { try waiting { try await store.dropNamespace(name) } }
                } else {
                    call("drop") { try store.dropNamespace(name) }
                }
            case 0, 1:
                count += 1
                let name = "\(prefix)-\(count)"
                let namespace =
                    isAsync()
                    ? call("async create") { try waiting { try await store.createNamespace(name) } }
                    : call("create") { try store.createNamespace(name) }
                guard let namespace else { continue }
                if call("put into a new namespace", { try namespace.put("key", name) }) != nil { names.append(name) }
            default:
                guard let name = names.randomElement(using: &random) else { continue }
                let value = call("get") { try store.namespace(name).get("key") }
                // One that was refused is gone already.
                if let value, value != Array(name.utf8) { bad("\(name) has lost its entry") }
            }
        }
    }
}
