// swift-tools-version: 6.2

import PackageDescription

// A key-value service over HTTP. scripts/examples.sh builds it, loads it, kills it and asks for what it had acknowledged.
let package = Package(
    name: "server",
    dependencies: [
        .package(name: "kvstore", path: "../..", traits: ["Metrics", "NIO", "ServiceLifecycle"]),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.7.0"),
    ],
    targets: [
        .executableTarget(
            name: "Server",
            dependencies: [
                .product(name: "KVStore", package: "kvstore"),
                .product(name: "KVStoreMetrics", package: "kvstore"),
                .product(name: "KVStoreNIO", package: "kvstore"),
                .product(name: "KVStoreService", package: "kvstore"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ]
        )
    ],
    swiftLanguageModes: [.v6]
)
