// swift-tools-version: 6.2

import PackageDescription

// What a figure of KVStore is compared with: the same work through the engine's C API, in the same process or in turn.
// scripts/benchmark.sh builds and runs it.
let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "kvstore", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    ],
    targets: [
        .target(name: "CHarness"),
        .target(
            name: "Figures",
            dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")]
        ),
        .executableTarget(
            name: "harness",
            dependencies: [
                "CHarness",
                "Figures",
                // Makes the options that the harness uses, and brings the engine, linked as it links it.
                .product(name: "KVStore", package: "kvstore"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .executableTarget(
            name: "tasks",
            dependencies: [
                "Figures",
                .product(name: "KVStore", package: "kvstore"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
        .executableTarget(
            name: "loads",
            dependencies: [
                "Figures",
                .product(name: "KVStore", package: "kvstore"),
            ]
        ),
        .target(name: "CCounters"),
        .executableTarget(
            name: "typed",
            dependencies: [
                "CCounters",
                "Figures",
                .product(name: "KVStore", package: "kvstore"),
                .product(name: "KVStoreTables", package: "kvstore"),
            ]
        ),
        .executableTarget(
            name: "counts",
            dependencies: [
                "CHarness",
                "Figures",
                "CCounters",
                .product(name: "KVStore", package: "kvstore"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu17
)
