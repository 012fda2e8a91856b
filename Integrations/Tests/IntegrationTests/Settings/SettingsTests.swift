import Configuration
import Foundation
import KVStore
import KVStoreConfiguration
import SystemPackage
import Testing

@testable import KVStoreConfiguration

@Suite("Settings from swift-configuration")
struct SettingsTests {
    /// A reader of values in the scope `store`, as a file or a test has them.
    private static func reader(_ values: [String: ConfigValue], scope: String = "store") -> ConfigReader {
        var all: [AbsoluteConfigKey: ConfigValue] = [:]
        for (name, value) in values {
            all[AbsoluteConfigKey((scope.isEmpty ? name : "\(scope).\(name)").split(separator: ".").map(String.init))] =
                value
        }
        return ConfigReader(provider: InMemoryProvider(values: all))
    }

    private static func configuration(
        _ values: [String: ConfigValue], given: [GivenNames] = []
    ) throws -> StoreConfiguration {
        try StoreConfiguration(config: reader(values), scope: "store", given: given)
    }

    private static func complaint(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            let error = error as? StoreError
            return error?.code == .invalidArgument ? error?.message ?? "" : "another error"
        }
    }

    @Test("Every field, as people write it")
    func everyField() throws {
        let configuration = try Self.configuration([
            "blockCache": "512MiB", "durability": "synced", "walSyncInterval": "250ms", "maxOpenNamespaces": 7,
            "memtableLimit": "96 MiB", "callThreads": "5", "maintenanceThreads": 2, "layout": "singleDatabase",
            "createIfMissing": false, "access": "readOnly", "acceptsDataLoss": true,
            "slowOperationThreshold": "1.5s", "writesEngineLog": "on", "collectsEngineStatistics": "yes",
            "namespaceTuning.memtableSize": "32MiB", "namespaceTuning.bloomBitsPerKey": 12.5,
            "namespaceTuning.compression": "zstd", "namespaceTuning.walRetention": "2h",
            "metadataTuning.maxConcurrentCompactions": 1,
        ])
        #expect(configuration.blockCache == .shared(.mebibytes(512)))
        #expect(configuration.durability == .synced)
        #expect(configuration.walSyncInterval == .milliseconds(250))
        #expect(configuration.maxOpenNamespaces == 7)
        #expect(configuration.memtableLimit == .mebibytes(96))
        #expect(configuration.callThreads == 5)
        #expect(configuration.maintenanceThreads == 2)
        #expect(configuration.layout == .singleDatabase)
        #expect(!configuration.createIfMissing)
        #expect(configuration.access == .readOnly)
        #expect(configuration.acceptsDataLoss)
        #expect(configuration.slowOperationThreshold == .milliseconds(1500))
        #expect(configuration.writesEngineLog)
        #expect(configuration.collectsEngineStatistics)
        #expect(configuration.namespaceTuning.memtableSize == .mebibytes(32))
        #expect(configuration.namespaceTuning.bloomBitsPerKey == 12.5)
        #expect(configuration.namespaceTuning.compression == .zstd)
        #expect(configuration.namespaceTuning.walRetention == .seconds(7200))
        #expect(configuration.metadataTuning.maxConcurrentCompactions == 1)
        #expect(configuration.metadataTuning.memtableSize == Tuning.metadata.memtableSize)
    }

    @Test("What is not given is as documented, or as the preset has it")
    func presets() throws {
        let documented = StoreConfiguration()
        for values: [String: ConfigValue] in [[:], ["preset": "documented"]] {
            let configuration = try Self.configuration(values)
            #expect(configuration.namespaceTuning == documented.namespaceTuning)
            #expect(configuration.memtableLimit == documented.memtableLimit)
            #expect(configuration.walSyncInterval == documented.walSyncInterval)
        }
        let small = try Self.configuration(["preset": "small", "maxOpenNamespaces": 3])
        #expect(small.namespaceTuning == StoreConfiguration.small.namespaceTuning)
        #expect(small.maxOpenNamespaces == 3)
    }

    @Test("None is for what can be without a value")
    func none() throws {
        let configuration = try Self.configuration([
            "walSyncInterval": "none", "memtableLimit": "none", "durability": "none", "blockCache": "perNamespace",
            "slowOperationThreshold": "none", "namespaceTuning.walRetention": "none",
            "namespaceTuning.level0SlowdownTrigger": "none",
        ])
        #expect(configuration.walSyncInterval == nil && configuration.memtableLimit == nil)
        #expect(configuration.durability == nil && configuration.slowOperationThreshold == nil)
        #expect(configuration.blockCache == .perNamespace)
        #expect(configuration.namespaceTuning.walRetention == nil)
        #expect(configuration.namespaceTuning.level0SlowdownTrigger == nil)
    }

    @Test("All that is wrong is told at once, with what it must be")
    func wrong() {
        let complaint = Self.complaint {
            _ = try Self.configuration([
                "blockCache": "12 parsecs", "walSyncInterval": "soon", "maxOpenNamespaces": "many", "layout": "both",
                "createIfMissing": "perhaps", "namespaceTuning.memtableSize": "big", "preset": "huge",
                "callThreads": ConfigValue(.intArray([1, 2]), isSecret: false),
            ])
        }
        for part in [
            "store.blockCache is '12 parsecs', it must be a size such as 64MiB, or perNamespace",
            "store.walSyncInterval is 'soon', it must be a duration such as",
            "store.maxOpenNamespaces is 'many', it must be a whole number",
            "store.layout is 'both', it must be one of separateDatabases, singleDatabase",
            "store.createIfMissing is 'perhaps', it must be on or off",
            "store.namespaceTuning.memtableSize is 'big', it must be a size such as 64MiB",
            "store.preset is 'huge', it must be one of documented, small",
            "store.callThreads is a list",
        ] {
            #expect(complaint.contains(part), "\(complaint)")
        }
    }

    @Test("What does not hold together is refused before a store is opened")
    func validation() {
        #expect(
            Self.complaint { _ = try Self.configuration(["maxOpenNamespaces": 0]) }
                .contains("maxOpenNamespaces is 0"))
        #expect(
            Self.complaint { _ = try Self.configuration(["namespaceTuning.level0StopTrigger": 1]) }
                .contains("level0StopTrigger (1)"))
    }

    @Test("Names that are no settings are refused with the nearest that is one", arguments: ["names", "file"])
    func unknownNames(source: String) async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending("settings.json")
            let json = """
                { "store": { "walSyncIntervall": "1s", "namespaceTuning": { "memtablesize": "1MiB" },
                             "namespaces": { "orders": { "timeToLive": "1h" } } },
                  "http": { "port": 80 } }
                """
            try json.write(toFile: file.string, atomically: true, encoding: .utf8)
            let given =
                source == "file"
                ? try GivenNames.jsonFile(at: file)
                : .names(["store.walSyncIntervall", "store.namespaceTuning.memtablesize", "http.port"])
            let complaint = Self.complaint { _ = try Self.configuration([:], given: [given]) }
            #expect(complaint.contains("store.walSyncIntervall is no setting; did you mean walSyncInterval?"))
            #expect(complaint.contains("did you mean namespaceTuning.memtableSize?"), "\(complaint)")
            #expect(!complaint.contains("port") && !complaint.contains("orders"), "they are not of the store")
        }
    }

    @Test("Those of the environment too, but not what Kubernetes sets there")
    func environment() throws {
        let variables = [
            "STORE_WAL_SYNC_INTERVAL": "2s", "STORE_NAMESPACE_TUNING_MEMTABLE_SIZE": "8MiB",
            "STORE_NAMESPACES_ORDERS_TIME_TO_LIVE": "1h", "STORE_PORT": "tcp://10.0.0.1:80",
            "STORE_PORT_80_TCP_ADDR": "10.0.0.1", "STORE_SERVICE_HOST": "10.0.0.1", "PATH": "/bin",
        ]
        func read(_ variables: [String: String]) throws -> StoreConfiguration {
            let config = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: variables))
            return try StoreConfiguration(config: config, scope: "store", given: [.environment(variables)])
        }
        let configuration = try read(variables)
        #expect(configuration.walSyncInterval == .seconds(2))
        #expect(configuration.namespaceTuning.memtableSize == .mebibytes(8))
        let complaint = Self.complaint {
            _ = try read(variables.merging(["STORE_MAX_OPEN_NAMESPACE": "3", "STORE_ZEBRA": "1"]) { $1 })
        }
        #expect(complaint.contains("STORE_MAX_OPEN_NAMESPACE is no setting; did you mean STORE_MAX_OPEN_NAMESPACES?"))
        #expect(complaint.contains("STORE_ZEBRA is no setting; there are STORE_PRESET, "), "\(complaint)")
    }

    @Test("Each setting has the environment variable that swift-configuration has for it")
    func variables() throws {
        for name in StoreConfiguration.settingNames + NamespaceOptions.settingNames {
            let parts = ["my", "store"] + name.split(separator: ".").map(String.init)
            let variable = GivenNames.variable(parts)
            let config = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: [variable: "found"]))
            #expect(config.string(forKey: ConfigKey(parts)) == "found", "\(variable)")
        }
    }

    @Test("A file of JSON, with the environment before it")
    func files() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("settings.json")
            let json = """
                { "store": { "maxOpenNamespaces": 9, "createIfMissing": true, "blockCache": "64MiB",
                             "namespaceTuning": { "bloomBitsPerKey": 8, "pipelinedWrites": false } } }
                """
            try json.write(toFile: path.string, atomically: true, encoding: .utf8)
            let variables = ["STORE_MAX_OPEN_NAMESPACES": "11"]
            let config = ConfigReader(providers: [
                EnvironmentVariablesProvider(environmentVariables: variables),
                try await FileProvider<JSONSnapshot>(filePath: path),
            ])
            let configuration = try StoreConfiguration(
                config: config, scope: "store", given: [.environment(variables), .jsonFile(at: path)])
            #expect(configuration.maxOpenNamespaces == 11)
            #expect(configuration.blockCache == .shared(.mebibytes(64)))
            #expect(configuration.namespaceTuning.bloomBitsPerKey == 8)
            #expect(!configuration.namespaceTuning.pipelinedWrites)
        }
    }

    @Test("A file that is none is told")
    func noFile() async throws {
        try await withTemporaryFolder { folder in
            #expect(await errorCode { _ = try GivenNames.jsonFile(at: folder.appending("none")) } == .ioError)
            let list = folder.appending("list")
            try "[1, 2]".write(toFile: list.string, atomically: true, encoding: .utf8)
            #expect(await errorCode { _ = try GivenNames.jsonFile(at: list) } == .invalidArgument)
        }
    }

    @Test("No field is forgotten")
    func fields() {
        let inCode: Set = ["mergeOperators", "timeToLiveClock", "logger"]
        let fields = Mirror(reflecting: StoreConfiguration()).children.compactMap(\.label)
        let settings = Set(
            StoreConfiguration.settingNames.compactMap { $0.split(separator: ".").first.map(String.init) })
        for field in fields { #expect(settings.contains(field) != inCode.contains(field), "\(field)") }
        let tuning = Mirror(reflecting: Tuning.namespace).children.compactMap(\.label)
        #expect(tuning.count > 15)
        for field in tuning {
            #expect(StoreConfiguration.settingNames.contains("namespaceTuning.\(field)"), "\(field)")
        }
        let options = Mirror(reflecting: NamespaceOptions()).children.compactMap(\.label)
        let ofNamespaces = Set(
            NamespaceOptions.settingNames.compactMap { $0.split(separator: ".").first.map(String.init) })
        #expect(Set(options) == ofNamespaces)
    }

    @Test("Every setting is documented")
    func documented() throws {
        let page = try page("services.md")
        for name in StoreConfiguration.settingNames where !name.contains(".") {
            #expect(page.contains("| `\(name)` |"), "\(name)")
        }
        for name in ["mergeOperator", "timeToLive", "attributes", "changes.keptFor", "changes.upTo"] {
            #expect(page.contains("| `\(name)` |"), "\(name)")
        }
    }

    @Test("The options of a namespace")
    func namespaceOptions() throws {
        let config = Self.reader(
            [
                "mergeOperator": "add64", "timeToLive": "7d",
                "attributes": ConfigValue(.stringArray(["owner=me", "note=a=b"]), isSecret: false),
                "tuning.memtableSize": "16MiB", "changes.keptFor": "2d",
            ], scope: "store.namespaces.orders")
        var base = Tuning.namespace
        base.maxMemtables = 3
        let options = try NamespaceOptions(
            config: config, scope: "store.namespaces.orders", given: [.names(["store.namespaces.orders.timeToLive"])],
            base: base)
        #expect(options.mergeOperator?.name == MergeOperator.add64.name)
        #expect(options.timeToLive == .seconds(7 * 86_400))
        #expect(options.attributes == ["owner": "me", "note": "a=b"])
        #expect(options.changes == ChangeRetention(keptFor: .seconds(2 * 86_400)))
        base.memtableSize = .mebibytes(16)
        #expect(options.tuning == base)

        let nothing = try NamespaceOptions(config: Self.reader([:]), scope: "", given: [])
        #expect(nothing.tuning == nil && nothing.timeToLive == nil && nothing.mergeOperator == nil)
        #expect(nothing.changes == nil)
        #expect(nothing.attributes.isEmpty)

        let complaint = Self.complaint {
            _ = try NamespaceOptions(
                config: Self.reader([
                    "mergeOperator": "plus", "timeToLive": "a while", "changes.upTo": "much",
                    "attributes": ConfigValue(.stringArray(["me"]), isSecret: false),
                ]), scope: "store", given: [.names(["store.timetolive"])])
        }
        #expect(
            complaint.contains("store.mergeOperator is 'plus', it must be one of add64, min, max, append, setUnion"))
        #expect(complaint.contains("store.timeToLive is 'a while', it must be a duration"))
        #expect(complaint.contains("store.changes.upTo is 'much', it must be a size"))
        #expect(complaint.contains("store.attributes is 'me', it must be a list of name=value"))
        #expect(complaint.contains("did you mean timeToLive?"))
    }

    @Test("The nearest name is the one with the fewest changes")
    func distance() {
        #expect(GivenNames.distance("", "abc") == 3)
        #expect(GivenNames.distance("abc", "abc") == 0)
        #expect(GivenNames.distance("kitten", "sitting") == 3)
        #expect(GivenNames.distance("Layout", "layout") == 0)
    }
}
