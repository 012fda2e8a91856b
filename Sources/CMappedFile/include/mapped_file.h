#ifndef KVSTORE_MAPPED_FILE_H
#define KVSTORE_MAPPED_FILE_H

#include <stdbool.h>
#include <stddef.h>

/// A file that is mapped to be written to, and that may go away.
///
/// The kernel sends SIGBUS to a thread that writes to a page which cannot be had: the disk has failed, the file system was
/// shut down or has no room, another process made the file shorter. That would end the process. Of these mappings the
/// whole is replaced by memory instead, which takes what is written from then on, and the mapping is lost: a writer asks
/// after each write. SIGBUS from elsewhere goes to the handler that was there before.
///
/// Where a program sets a handler of its own later that passes nothing on, or a thread blocks SIGBUS, the process ends.
typedef struct kvstore_mapped_file kvstore_mapped_file;

/// Maps `size` bytes of a file, whole pages, from its start; NULL and `errno` when that fails. The first call sets the
/// process's handler of SIGBUS.
kvstore_mapped_file *kvstore_map_file(int descriptor, size_t size);

void *kvstore_mapped_bytes(const kvstore_mapped_file *file);

/// Whether something that the calling thread wrote may not have come to the file, nor will.
bool kvstore_mapped_file_is_lost(const kvstore_mapped_file *file);

void kvstore_unmap_file(kvstore_mapped_file *file);

#endif
