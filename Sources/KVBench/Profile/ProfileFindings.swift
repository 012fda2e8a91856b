import KVStore

/// What the steps of a profile have found so far.
struct ProfileFindings: Sendable {
    let options: ProfileOptions
    let folder: ProfileFolder
    var result: ProfiledResult
    var cpu: CPUProfile?
    var waits: WaitProfile?
    var engine: ProfiledEngine?
    var heap: HeapProfile?
    var disk = ProfiledDisk()
    /// The steps that failed, and why.
    var failures: [(step: String, reason: String)] = []

    init(options: ProfileOptions, folder: ProfileFolder) {
        self.options = options
        self.folder = folder
        result = ProfiledResult(options: options, isInMemory: folder.isInMemory)
    }

    /// Every run's document.
    var documents: [ResultDocument] {
        [result.alone, result.before].compactMap { $0 } + result.rounds
            + [cpu?.document, waits?.document, engine?.document, heap?.document].compactMap { $0 }
            + result.peers.compactMap(\.document)
    }

    var report: ProfileReport {
        var sections: [ProfileSection] = []
        if !failures.isEmpty {
            sections.append(
                ProfileSection(
                    "Failed steps",
                    [.list(failures.map { "\($0.step): \($0.reason)" }), .text("The others ran to their end.")])
            )
        }
        sections.append(result.section)
        if let cpu { sections.append(cpu.section(plain: result.documented)) }
        if let waits { sections.append(waits.section) }
        if let memory = memorySection { sections.append(memory) }
        if let engine { sections.append(engine.section) }
        if let disk = disk.section(engine) { sections.append(disk) }
        if let machine = machineSection { sections.append(machine) }
        let name = folder.path.split(separator: "/").last.map(String.init) ?? folder.path
        return ProfileReport(
            title: "\(options.load.workload) on \(options.load.engine), \(options.load.workers) workers",
            subtitle: "A profile of \(name)" + (options.commit.map { ", \($0)" } ?? ""), sections: sections)
    }

    private var memorySection: ProfileSection? {
        guard engine != nil || heap != nil else { return nil }
        var section = engine?.memorySection ?? ProfileSection("Memory", [])
        section.blocks += heap?.blocks ?? []
        return section
    }

    private var machineSection: ProfileSection? {
        guard let environment = (result.documented ?? documents.first)?.environment else { return nil }
        let rows: [[String]] = [
            ["engine", "\(environment.engineVersion), \(environment.engineBuild)"],
            ["library", environment.libraryVersion ?? ""],
            ["Swift", environment.swift],
            ["processors", "\(environment.cpus)" + (environment.cpuModel.map { ", \($0)" } ?? "")],
            ["memory", NumberText.bytes(environment.memoryBytes)],
            ["kernel", environment.kernel],
            ["file system", environment.fileSystem ?? "unknown"],
            ["a synced write of 4 KiB", "\(environment.syncMicroseconds) us"],
        ]
        return ProfileSection("Machine", [.table("Measured on", headings: ["", ""], rows: rows)])
    }
}
