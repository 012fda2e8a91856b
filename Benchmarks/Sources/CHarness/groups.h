#ifndef KVSTORE_HARNESS_GROUPS_H
#define KVSTORE_HARNESS_GROUPS_H

#include <stddef.h>
#include <stdint.h>

/// Commits of threads that are written together: the first of a group waits until the group before is written, and writes
/// for all that have come meanwhile. The others sleep, and are woken by one call.
typedef struct commit_groups commit_groups;

/// Records one after another.
typedef void write_group(void *context, const char *records, uint64_t count);

commit_groups *groups_create(size_t record_size, uint64_t threads, write_group *write, void *context);
void groups_free(commit_groups *groups);

/// Returns when a record that is made of these two parts is written.
void groups_commit(commit_groups *groups, const char *first, size_t first_size, const char *second);

#endif
