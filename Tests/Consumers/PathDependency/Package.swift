// swift-tools-version: 6.2

import PackageDescription

let typed: [Target.Dependency] = [
    .product(name: "KVStore", package: "kvstore"),
    .product(name: "KVStoreTables", package: "kvstore"),
    .product(name: "KVStoreFoundation", package: "kvstore"),
]

// A program that depends on KVStore by path and sets no flag of its own. scripts/check-consumer.sh builds and runs it.
let package = Package(
    name: "path-dependency",
    dependencies: [.package(name: "kvstore", path: "../../..")],
    targets: [
        .executableTarget(name: "Consumer", dependencies: [.product(name: "KVStore", package: "kvstore")]),
        // The example of the README, word for word, and the program of the guide's first page.
        .executableTarget(name: "Tour", dependencies: typed),
        .executableTarget(name: "Notes", dependencies: typed),
        // Must not compile: see the script.
        .target(name: "Leak", dependencies: [.product(name: "KVStore", package: "kvstore")]),
    ],
    swiftLanguageModes: [.v6]
)
