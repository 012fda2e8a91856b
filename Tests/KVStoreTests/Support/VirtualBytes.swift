import Glibc

/// Calls `body` with that many bytes of address space that take no memory as long as nobody reads them.
func withVirtualBytes<Result>(_ count: Int, _ body: (RawSpan) throws -> Result) throws -> Result {
    let start = mmap(nil, count, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let start, start != MAP_FAILED else { throw NoAddressSpace() }
    defer { munmap(start, count) }
    return try body(UnsafeRawBufferPointer(start: start, count: count).bytes)
}

struct NoAddressSpace: Error {}
