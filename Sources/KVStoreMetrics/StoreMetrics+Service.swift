#if Metrics && ServiceLifecycle
    public import ServiceLifecycle

    extension StoreMetrics: Service {
        func runUntilShutdown() async throws {
            try await cancelWhenGracefulShutdown { try await self.sampleUntilCancelled() }
        }
    }
#endif
