// swift-tools-version: 6.2

import PackageDescription

// Gives what reads bytes from disk whatever bytes libFuzzer finds. scripts/fuzz.sh builds it, with the flags of the
// fuzzer, and runs it.
let package = Package(
    name: "fuzz",
    dependencies: [.package(name: "kvstore", path: "..")],
    targets: [
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                .product(name: "KVStore", package: "kvstore"),
                .product(name: "KVStoreTables", package: "kvstore"),
            ],
            swiftSettings: [.enableUpcomingFeature("MemberImportVisibility")]
        )
    ],
    swiftLanguageModes: [.v6]
)
