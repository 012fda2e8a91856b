internal import Logging

extension Store {
    func tellOpened(since begun: UInt64) {
        log.logger.debug(
            "the store was opened",
            metadata: [
                "duration_ms": .milliseconds(since: begun), "created": "\(directory.isNew)",
                "layout": "\(directory.layout.rawValue)", "access": "\(configuration.access)",
                "namespaces": "\(pool.namespaceCount)",
            ])
    }

    func tellClosed(_ failures: [StoreError], since begun: UInt64) {
        for failure in failures { log.logger.error("closing the store failed", metadata: failure.logMetadata) }
        log.logger.debug("the store was closed", metadata: ["duration_ms": .milliseconds(since: begun)])
    }
}
