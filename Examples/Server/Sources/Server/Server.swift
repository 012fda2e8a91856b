import CoreMetrics
import Glibc
import Hummingbird
import KVStore
import KVStoreMetrics
import KVStoreNIO
import KVStoreService

/// Values under keys, over HTTP:
///
///   PUT, GET and DELETE /values/KEY
///   GET /values?prefix=P&after=KEY&limit=N   keys in their order, a line each
///   GET /metrics
///
///   Server FOLDER PORT
@main
struct Server {
    static func main() async throws {
        guard CommandLine.arguments.count == 3, let port = Int(CommandLine.arguments[2]) else {
            print("usage: Server FOLDER PORT")
            exit(64)
        }
        let metrics = TextMetrics()
        MetricsSystem.bootstrap(metrics)
        let store = try await Store.open(at: CommandLine.arguments[1], configuration: .small)
        let values = try await store.namespace("values", createIfMissing: true)

        let router = Router()
        router.put("values/:key") { request, context in
            let value = try await request.body.collect(upTo: 1 << 20)
            // Acknowledged when it is on disk, together with those of others that wait at the same time.
            try await values.put(try context.parameters.require("key"), value, durability: .synced)
            return HTTPResponse.Status.noContent
        }
        router.get("values/:key") { _, context in
            guard let value = try await values.get(try context.parameters.require("key")) else {
                throw HTTPError(.notFound)
            }
            return ByteBuffer(bytes: value)
        }
        router.delete("values/:key") { _, context in
            try await values.delete(try context.parameters.require("key"), durability: .synced)
            return HTTPResponse.Status.noContent
        }
        router.get("values") { request, _ in
            let query = request.uri.queryParameters
            let prefix = query["prefix"].map(String.init) ?? ""
            var range = KeyRange.prefix(prefix)
            if let after = query["after"].map(String.init) {
                guard after.hasPrefix(prefix) else {
                    throw HTTPError(.badRequest, message: "after is no key with the prefix")
                }
                range = range.after(after)
            }
            let limit = min(query["limit"].flatMap { Int($0) } ?? 100, 10_000)
            var lines = ""
            for try await entry in values.entries(range, limit: limit) {
                lines += String(decoding: entry.key, as: UTF8.self) + "\n"
            }
            return lines
        }
        router.get("metrics") { _, _ in metrics.text }

        // Shut down in the reverse of this order: the server first, which answers what it has taken, then the store.
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            services: [StoreService(store), StoreMetrics(store)])
        try await application.runService()
    }
}
