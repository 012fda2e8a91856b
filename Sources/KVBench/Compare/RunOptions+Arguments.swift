import KVStore
import SystemPackage

extension RunOptions {
    /// What `kvbench run` takes for these options.
    var arguments: [String] {
        var arguments = [workload, "--engine", engine, "--tuning", tuning.rawValue]
        func add(_ name: String, _ value: (some CustomStringConvertible)?) {
            if let value { arguments += [name, "\(value)"] }
        }
        add("--durability", durability?.rawValue)
        for setting in settings { add("--set", setting.text) }
        add("--layout", layout?.rawValue)
        add("--wal-sync-interval", walSyncInterval.map { $0.duration.map { "\($0.inSeconds)" } ?? "none" })
        add("--duration", duration.map { "\($0.inSeconds)" })
        add("--operations", operations)
        add("--rate", rate)
        add(usesTasks ? "--tasks" : "--workers", workers)
        add("--namespaces", namespaces)
        add("--keys", keys)
        add("--key-size", keySize)
        add("--value-size", valueSize)
        add("--batch", batch)
        add("--distribution", distribution?.rawValue)
        add("--mix", mix?.text)
        add("--scan-length", scanLength)
        add("--time-to-live", timeToLive.map { "\($0.inSeconds)" })
        add("--seed", seed)
        add("--data", data?.string)
        add("--scratch", scratch?.string)
        switch server {
        case .own: add("--postgres", "auto")
        case .at(let address): add("--postgres", address)
        case nil: break
        }
        return arguments
    }
}
