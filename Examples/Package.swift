// swift-tools-version: 6.2

import PackageDescription

// Programs that show what a store is used for. scripts/examples.sh builds them and runs each as its users would.
let package = Package(
    name: "examples",
    dependencies: [.package(name: "kvstore", path: "..")],
    targets: [
        .executableTarget(name: "SessionCache", dependencies: [.product(name: "KVStore", package: "kvstore")]),
        .executableTarget(
            name: "JobQueue",
            dependencies: [
                .product(name: "KVStore", package: "kvstore"),
                .product(name: "KVStoreTables", package: "kvstore"),
            ]
        ),
        .executableTarget(
            name: "EventStore",
            dependencies: [
                .product(name: "KVStore", package: "kvstore"),
                .product(name: "KVStoreFoundation", package: "kvstore"),
                .product(name: "KVStoreTables", package: "kvstore"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
