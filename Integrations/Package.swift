// swift-tools-version: 6.2

import PackageDescription

// The modules that are behind traits, as a program that turns them all on has them. scripts/integrations.sh builds and
// runs these tests: a package of their own, so that building the library fetches nothing that it does without.
let package = Package(
    name: "integrations",
    dependencies: [
        .package(
            name: "kvstore", path: "..",
            traits: ["Metrics", "Tracing", "ServiceLifecycle", "Configuration", "NIO", "Protobuf"]),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.7.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.3.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.30.0", traits: []),
    ],
    targets: [
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                .product(name: "KVStore", package: "kvstore"),
                .product(name: "KVStoreMetrics", package: "kvstore"),
                .product(name: "KVStoreTracing", package: "kvstore"),
                .product(name: "KVStoreService", package: "kvstore"),
                .product(name: "KVStoreConfiguration", package: "kvstore"),
                .product(name: "KVStoreNIO", package: "kvstore"),
                .product(name: "KVStoreProtobuf", package: "kvstore"),
                .product(name: "KVStoreTables", package: "kvstore"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Configuration", package: "swift-configuration"),
            ]
        )
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets {
    if Context.environment["KVSTORE_WARNINGS"] == "errors" {
        target.swiftSettings = [.treatAllWarnings(as: .error)]
    }
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("MemberImportVisibility"),
        ]
}
