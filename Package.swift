// swift-tools-version: 6.2

import Foundation
import PackageDescription

let serviceLifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: .when(traits: ["ServiceLifecycle"]))

let package = Package(
    name: "kvstore",
    // Executables are left out: here SwiftPM makes products of them by itself, so that `swift run kvbench` works, and
    // who depends on this package fetches only what products need, which for kvbench would be twice as much.
    products: [
        .library(name: "KVStore", targets: ["KVStore"]),
        .library(name: "KVStoreTables", targets: ["KVStoreTables"]),
        .library(name: "KVStoreFoundation", targets: ["KVStoreFoundation"]),
        .library(name: "KVStoreTesting", targets: ["KVStoreTesting"]),
        .library(name: "KVStoreMetrics", targets: ["KVStoreMetrics"]),
        .library(name: "KVStoreTracing", targets: ["KVStoreTracing"]),
        .library(name: "KVStoreService", targets: ["KVStoreService"]),
        .library(name: "KVStoreConfiguration", targets: ["KVStoreConfiguration"]),
        .library(name: "KVStoreNIO", targets: ["KVStoreNIO"]),
        .library(name: "KVStoreProtobuf", targets: ["KVStoreProtobuf"]),
    ],
    // One for each package that it takes: what is off is not fetched, and the module that it is for is empty.
    traits: [
        .trait(name: "Metrics", description: "The module KVStoreMetrics: metrics of a store, by swift-metrics."),
        .trait(
            name: "Tracing",
            description: "The module KVStoreTracing: spans of commits and scans, by swift-distributed-tracing."),
        .trait(
            name: "ServiceLifecycle",
            description: "The module KVStoreService: a store in a ServiceGroup of swift-service-lifecycle."),
        .trait(
            name: "Configuration",
            description: "The module KVStoreConfiguration: settings from swift-configuration's providers."),
        .trait(name: "NIO", description: "The module KVStoreNIO: buffers of swift-nio as keys and values."),
        .trait(name: "Protobuf", description: "The module KVStoreProtobuf: messages of swift-protobuf in tables."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.7.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.3.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
        // Without what it has by default: who reads JSON files says so to swift-configuration.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.0.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.30.0", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CRocksDB", providers: [.apt(["librocksdb-dev"])]),
        // Reaches behind the engine's C API where that gains much; does nothing with an engine it does not know.
        .target(name: "CRocksDBHints", cxxSettings: [.headerSearchPath("../../\(engineFolder)/include")]),
        // A signal's handler has to be in C.
        .target(name: "CMappedFile"),
        .target(
            name: "KVStoreInterface",
            dependencies: [.product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: [.enableExperimentalFeature("Lifetimes")]
        ),
        .target(
            name: "KVStore",
            dependencies: [
                "CMappedFile",
                "CRocksDB",
                "CRocksDBHints",
                "KVStoreInterface",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: [.enableExperimentalFeature("Lifetimes")],
            linkerSettings: engineLibraries.map { .linkedLibrary($0) }
        ),
        .target(name: "KVStoreConformance", dependencies: ["KVStoreInterface"]),
        // For tests of programs that use a store. Needs no test framework.
        .target(name: "KVStoreTesting", dependencies: ["KVStore", "KVStoreConformance", "KVStoreInterface"]),
        .target(name: "KVStoreTables", dependencies: ["KVStoreInterface"]),
        // What Foundation's types are in keys and values.
        .target(name: "KVStoreFoundation", dependencies: ["KVStoreInterface", "KVStoreTables"]),
        .target(
            name: "KVStoreMetrics",
            dependencies: [
                "KVStore",
                .product(name: "CoreMetrics", package: "swift-metrics", condition: .when(traits: ["Metrics"])),
                serviceLifecycle,
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .target(
            name: "KVStoreTracing",
            dependencies: [
                "KVStoreInterface",
                .product(
                    name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Tracing"])),
            ]
        ),
        .target(
            name: "KVStoreService",
            dependencies: [
                "KVStore", serviceLifecycle, .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .target(
            name: "KVStoreConfiguration",
            dependencies: [
                "KVStore",
                .product(
                    name: "Configuration", package: "swift-configuration", condition: .when(traits: ["Configuration"])),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .target(
            name: "KVStoreNIO",
            dependencies: [
                "KVStoreInterface",
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["NIO"])),
            ]
        ),
        .target(
            name: "KVStoreProtobuf",
            dependencies: [
                "KVStoreInterface",
                "KVStoreTables",
                .product(name: "SwiftProtobuf", package: "swift-protobuf", condition: .when(traits: ["Protobuf"])),
            ]
        ),
        // The functions of other databases, opened when kvbench is asked for them: nothing of theirs is linked.
        .target(name: "CPeers"),
        .target(
            name: "KVBench",
            dependencies: [
                "CPeers",
                "CRocksDB",
                "CRocksDBHints",
                "KVStore",
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .executableTarget(
            name: "kvbench",
            dependencies: [
                "KVBench",
                "KVStore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .executableTarget(name: "StoreProcess", dependencies: ["KVStore"], path: "Tests/StoreProcess"),
        .executableTarget(
            name: "TenantProcess",
            dependencies: ["KVStore", .product(name: "SystemPackage", package: "swift-system")],
            path: "Tests/TenantProcess"
        ),
        .executableTarget(
            name: "MaintenanceProcess",
            dependencies: ["KVStore", .product(name: "SystemPackage", package: "swift-system")],
            path: "Tests/MaintenanceProcess"
        ),
        .testTarget(
            name: "KVStoreTests",
            dependencies: [
                "KVStore",
                "KVStoreConformance",
                "StoreProcess",
                "MaintenanceProcess",
                "TenantProcess",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .testTarget(
            name: "KVStoreTestingTests",
            dependencies: [
                "KVStore",
                "KVStoreTesting",
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .testTarget(
            name: "KVStoreTablesTests",
            dependencies: [
                "KVStore",
                "KVStoreFoundation",
                "KVStoreTables",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Golden"]
        ),
        .testTarget(
            name: "KVBenchTests",
            dependencies: [
                "KVBench",
                "KVStore",
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .target(
            name: "FaultKit",
            dependencies: [
                "KVStore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/FaultKit"
        ),
        .executableTarget(name: "FaultWriter", dependencies: ["FaultKit"], path: "Tests/FaultWriter"),
        .testTarget(name: "FaultTests", dependencies: ["FaultKit", "FaultWriter", "KVStore"]),
        .target(
            name: "ModelKit",
            dependencies: [
                "FaultKit",
                "KVStore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/ModelKit"
        ),
        .executableTarget(name: "ModelChecker", dependencies: ["FaultKit", "ModelKit"], path: "Tests/ModelChecker"),
        .testTarget(name: "ModelTests", dependencies: ["FaultKit", "ModelKit", "ModelChecker"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// KVSTORE_WARNINGS=errors makes warnings errors, as scripts/test.sh does: a newer compiler may warn of more, which is
// nothing to stop at for anybody else.
for target in package.targets where target.type != .system {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("MemberImportVisibility"),
        ]
    if Context.environment["KVSTORE_WARNINGS"] == "errors" {
        target.swiftSettings?.append(.treatAllWarnings(as: .error))
        target.cSettings = (target.cSettings ?? []) + [.treatAllWarnings(as: .error)]
        target.cxxSettings = (target.cxxSettings ?? []) + [.treatAllWarnings(as: .error)]
    }
    // A dependent that chooses nothing meets no unsafe flag.
    if !engineHeaderFlags.isEmpty {
        target.swiftSettings?.append(.unsafeFlags(engineHeaderFlags.flatMap { ["-Xcc", $0] }))
    }
}

/// The engine that was chosen instead of the one that is found: a version that `scripts/build-rocksdb.sh --version`
/// built, or `system`. Headers and archive follow from it together, and the library checks at run time that they are of
/// one version. Builds with different engines need different scratch folders.
var chosenEngine: String? { Context.environment["KVSTORE_ENGINE"].flatMap { $0.isEmpty ? nil : $0 } }

/// Where the headers and the archive of a release engine are, if they are.
var engineFolder: String {
    guard let chosenEngine, chosenEngine != "system" else { return ".rocksdb" }
    return ".rocksdb/\(chosenEngine)"
}

/// What tells Sources/CRocksDB/shim.h which headers are meant when they were chosen.
var engineHeaderFlags: [String] {
    guard let chosenEngine else { return [] }
    let chosen = ["-DKVSTORE_ENGINE_CHOSEN"]
    return chosenEngine == "system" ? chosen : chosen + ["-I\(Context.packageDirectory)/\(engineFolder)/include"]
}

/// What to link: the engine that was chosen, else the release archive of `scripts/build-rocksdb.sh`, else the system's
/// archive, else its shared library.
///
/// Which archive is decided when a program is linked, by the linker script: SwiftPM keeps what a manifest evaluated to,
/// so a look for the release archive here would go on giving its old answer. Linkers that look for the script in each
/// of their folders climb from there to the root; gold, which looks in no subfolder, takes the path as it is.
///
/// An archive is a quarter cheaper per operation than the shared library.
var engineLibraries: [String] {
    let folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"]
    func isInstalled(_ name: String) -> Bool {
        folders.contains { FileManager.default.fileExists(atPath: "\($0)/\(name)") }
    }
    let codecs = ["snappy", "lz4", "zstd", "bz2", "z", "stdc++", "m"]
    let toRoot = ":" + String(repeating: "/..", count: 16) + Context.packageDirectory
    if let chosenEngine, chosenEngine != "system" {
        return ["\(toRoot)/\(engineFolder)/lib/librocksdb.a"] + codecs
    }
    if isInstalled("librocksdb.so") && !isInstalled("librocksdb.a") {
        return ["rocksdb"]
    }
    return [chosenEngine == nil ? "\(toRoot)/Sources/CRocksDB/engine.ld" : ":librocksdb.a"] + codecs
}
