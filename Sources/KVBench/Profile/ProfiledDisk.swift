/// What was found of the disk and of what a load leaves on it.
struct ProfiledDisk: Sendable {
    var probe: DeviceProbe?
    /// The store of the last measured run, before it was removed.
    var inventory: DiskInventory?
    /// The run that left it.
    var document: ResultDocument?
    /// The device before and after that run.
    var device: (before: BlockDevice, after: BlockDevice)?

    /// - Parameter observed: the run that was looked at, for what its process wrote.
    func section(_ observed: ProfiledEngine?) -> ProfileSection? {
        var blocks: [ProfileBlock] = []
        if let probe, let latency = probe.syncs.summary {
            blocks.append(
                .table(
                    "A synced write of 4 KiB on this disk, us, before the runs",
                    headings: ["number", "p50", "p90", "p99", "longest"],
                    rows: [
                        [NumberText.grouped(probe.syncs.count)]
                            + [latency.p50, latency.p90, latency.p99, latency.max].map { NumberText.short($0) }
                    ]))
            if let write = probe.writeRate, let read = probe.readRate {
                blocks.append(
                    .text(
                        "One after the other this disk takes \(NumberText.bytes(Int(write))) a second and gives"
                            + " \(NumberText.bytes(Int(read))) a second."))
            }
        }
        if let inventory, inventory.all.files > 0 {
            if let document, document.writes > 0 {
                let bytes = Double(inventory.all.allocated) / Double(document.writes)
                var text =
                    "The measured run left \(NumberText.bytes(inventory.all.allocated)) for"
                    + " \(NumberText.grouped(document.writes)) writes: \(NumberText.short(bytes)) bytes each"
                if let user = document.written?.bytes, user > 0 {
                    let share = (Double(inventory.all.allocated) / Double(user)).rounded(toPlaces: 2)
                    text += ", \(share) times the bytes of keys and values"
                }
                blocks.append(.text(text + "."))
            }
            let headings = ["", "files", "length", "on disk"]
            blocks.append(.table("By database", headings: headings, rows: inventory.rows(inventory.places)))
            blocks.append(.table("By kind of file", headings: headings, rows: inventory.rows(inventory.kinds)))
        }
        if let rows = writtenRows(observed), !rows.isEmpty {
            blocks.append(.table("Who wrote how much", headings: ["", "bytes", "to the user's"], rows: rows))
        }
        return blocks.isEmpty ? nil : ProfileSection("Disk", blocks)
    }

    private func writtenRows(_ observed: ProfiledEngine?) -> [[String]]? {
        var rows: [[String]] = []
        func add(_ name: String, _ bytes: Int?, _ user: Int?) {
            guard let bytes else { return }
            let ratio = user.flatMap { $0 > 0 ? "\((Double(bytes) / Double($0)).rounded(toPlaces: 2))" : nil }
            rows.append([name, NumberText.bytes(bytes), ratio ?? ""])
        }
        if let observed {
            let (io, user) = (observed.seen.io, observed.document.written?.bytes)
            add("observed run: keys and values", user, user)
            add("observed run: handed to the kernel (wchar)", io["wchar"], user)
            add("observed run: sent to the disk for it (write_bytes)", io["write_bytes"], user)
            add("observed run: read from the disk (read_bytes)", io["read_bytes"], user)
        }
        if let device, let document {
            let user = document.written?.bytes
            add("measured run: keys and values", user, user)
            add(
                "measured run: written by the device \(device.after.name), by whomever",
                device.after.writtenBytes - device.before.writtenBytes, user)
        }
        return rows
    }
}
