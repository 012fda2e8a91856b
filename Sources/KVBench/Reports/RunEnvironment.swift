/// The machine and the builds that a run was measured with.
public struct RunEnvironment: Codable, Sendable, Equatable {
    /// The engine's version.
    public var engineVersion: String
    /// How the engine was built and linked.
    public var engineBuild: String
    /// The version of this library and tool.
    @OrNull public var libraryVersion: String? = nil
    /// The processors that the process could use.
    public var cpus: Int
    /// What the processors call themselves.
    @OrNull public var cpuModel: String? = nil
    /// The machine's memory.
    public var memoryBytes: Int
    /// The kernel's release.
    public var kernel: String
    /// The file system that the data was on.
    @OrNull public var fileSystem: String? = nil
    /// The median time of a synced write of 4 KiB where the data was.
    public var syncMicroseconds: Double
    /// The Swift release.
    public var swift: String

    enum CodingKeys: String, CodingKey {
        case engineVersion = "engine_version"
        case engineBuild = "engine_build"
        case libraryVersion = "library_version"
        case cpus
        case cpuModel = "cpu_model"
        case memoryBytes = "memory_bytes"
        case kernel
        case fileSystem = "file_system"
        case syncMicroseconds = "fsync_us"
        case swift
    }
}

/// What the machine did beside and below the run.
public struct HostDocument: Codable, Sendable, Equatable {
    /// The load averages of 1, 5 and 15 minutes before the workers started.
    @OrNull public var loadBefore: [Double]? = nil
    /// The same when they had ended.
    @OrNull public var loadAfter: [Double]? = nil
    /// How much of the processors' time a hypervisor gave to others meanwhile.
    @OrNull public var stealPercent: Double? = nil
    /// How much of it they waited for disks.
    @OrNull public var ioWaitPercent: Double? = nil
    /// How many processors other processes took, on average.
    @OrNull public var otherCPUs: Double? = nil

    enum CodingKeys: String, CodingKey {
        case loadBefore = "load_before"
        case loadAfter = "load_after"
        case stealPercent = "steal_percent"
        case ioWaitPercent = "iowait_percent"
        case otherCPUs = "other_cpus"
    }
}
