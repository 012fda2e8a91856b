// Makes chosen system calls on chosen files fail, in a process that has this library preloaded.
//
// It stands between the program, with the engine that is linked into it, and the C library. What it does is set by the
// environment:
//
//   FAULT_SHIM_CALLS   names of calls, separated by commas: open read write fsync fdatasync sync_file_range rename
//                      fallocate ftruncate unlink mkdir ("read" and "write" stand for their positioned forms, too)
//   FAULT_SHIM_PATH    a pattern (as of fnmatch, with its extensions) for the paths of the files
//   FAULT_SHIM_NTH     the matching call that fails first, counted from 1; 0 for none
//   FAULT_SHIM_TIMES   how many matching calls fail from there on; 0 for all
//   FAULT_SHIM_ERRNO   the error number
//   FAULT_SHIM_TORN    1 to carry out the first half of a write before it fails
//   FAULT_SHIM_ARMED   a path: calls are counted and fail only while there is a file
//   FAULT_SHIM_LOG     a file to which a line is appended for each call that was made to fail
//   FAULT_SHIM_TRACE   1 for a line for each matching call
//   FAULT_SHIM_SLOW    leaves those out that pass in less than so many microseconds
//
// A descriptor that is closed twice ends the process, whatever the environment says: with other threads, the second time
// closes what one of them has opened meanwhile.
//
// A line: call, path, begun and ended in monotonic nanoseconds, `failed` or `passed`.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

// With optimisation the C library has macros in the place of some of the functions that are defined here.
#undef fread_unlocked

static struct {
  const char *calls;
  const char *path;
  const char *armed;
  unsigned long nth;
  unsigned long times;
  int error;
  bool torn;
  bool trace;
  uint64_t slow;
  int log;
} plan = {.log = -1};

static atomic_ulong matched;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static unsigned long number(const char *name, unsigned long fallback) {
  const char *text = getenv(name);
  return text ? strtoul(text, NULL, 10) : fallback;
}

static void read_plan(void) {
  plan.calls = getenv("FAULT_SHIM_CALLS");
  plan.path = getenv("FAULT_SHIM_PATH");
  plan.armed = getenv("FAULT_SHIM_ARMED");
  plan.nth = number("FAULT_SHIM_NTH", 0);
  plan.times = number("FAULT_SHIM_TIMES", 1);
  plan.error = (int)number("FAULT_SHIM_ERRNO", EIO);
  plan.torn = number("FAULT_SHIM_TORN", 0) != 0;
  plan.trace = number("FAULT_SHIM_TRACE", 0) != 0;
  plan.slow = number("FAULT_SHIM_SLOW", 0) * 1000;
  const char *log = getenv("FAULT_SHIM_LOG");
  if (log) {
    plan.log = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  }
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static bool names(const char *list, const char *call) {
  size_t length = strlen(call);
  for (const char *at = list; (at = strstr(at, call)) != NULL; at += length) {
    bool begins = at == list || at[-1] == ',';
    if (begins && (at[length] == ',' || at[length] == 0)) return true;
  }
  return false;
}

// One intercepted call.
struct attempt {
  const char *call;
  char path[512];
  uint64_t begun;
  bool matches;
  bool fails;
};

static struct attempt begin(const char *call, const char *path) {
  struct attempt attempt = {.call = call};
  pthread_once(&once, read_plan);
  if (!plan.calls || !names(plan.calls, call)) return attempt;
  if (plan.path && fnmatch(plan.path, path, FNM_EXTMATCH) != 0) return attempt;
  if (plan.armed && syscall(SYS_faccessat, AT_FDCWD, plan.armed, F_OK) != 0) return attempt;
  snprintf(attempt.path, sizeof attempt.path, "%s", path);
  attempt.matches = true;
  attempt.begun = now();
  unsigned long place = atomic_fetch_add(&matched, 1) + 1;
  attempt.fails = plan.nth != 0 && place >= plan.nth && (plan.times == 0 || place < plan.nth + plan.times);
  return attempt;
}

static struct attempt begin_on(const char *call, int file) {
  char link[64];
  char path[512];
  pthread_once(&once, read_plan);
  if (!plan.calls || !names(plan.calls, call)) return (struct attempt){.call = call};
  int kept = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  long count = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
  errno = kept;
  path[count > 0 ? count : 0] = 0;
  return begin(call, path);
}

static void end(const struct attempt *attempt) {
  if (!attempt->matches || plan.log < 0 || !(attempt->fails || plan.trace)) return;
  char line[700];
  int kept = errno;
  uint64_t ended = now();
  if (!attempt->fails && ended - attempt->begun < plan.slow) return;
  int count = snprintf(line, sizeof line, "%s %s %llu %llu %s\n", attempt->call, attempt->path,
                       (unsigned long long)attempt->begun, (unsigned long long)ended,
                       attempt->fails ? "failed" : "passed");
  syscall(SYS_write, plan.log, line, (size_t)count);
  errno = kept;
}

#define REAL(result, name, parameters)                                         \
  static result (*real) parameters;                                            \
  if (!real) real = (result(*) parameters)dlsym(RTLD_NEXT, #name)

// The tail of every intercepted function: fail, or make the call.
#define FINISH(result, call)                                                   \
  if (attempt.fails) {                                                         \
    end(&attempt);                                                             \
    errno = plan.error;                                                        \
    return -1;                                                                 \
  }                                                                            \
  result outcome = call;                                                       \
  end(&attempt);                                                               \
  return outcome

#define INTERCEPT_OPEN(name)                                                   \
  int name(const char *path, int flags, ...) {                                 \
    REAL(int, name, (const char *, int, ...));                                 \
    va_list rest;                                                              \
    va_start(rest, flags);                                                     \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;    \
    va_end(rest);                                                              \
    struct attempt attempt = begin("open", path);                              \
    FINISH(int, real(path, flags, mode));                                      \
  }

INTERCEPT_OPEN(open)
INTERCEPT_OPEN(open64)

#define INTERCEPT_FOPEN(name)                                                  \
  FILE *name(const char *path, const char *mode) {                             \
    REAL(FILE *, name, (const char *, const char *));                          \
    struct attempt attempt = begin("open", path);                              \
    if (attempt.fails) {                                                       \
      end(&attempt);                                                           \
      errno = plan.error;                                                      \
      return NULL;                                                             \
    }                                                                          \
    FILE *file = real(path, mode);                                             \
    end(&attempt);                                                             \
    return file;                                                               \
  }

INTERCEPT_FOPEN(fopen)
INTERCEPT_FOPEN(fopen64)

// The engine reads its logs and manifests through this one.
size_t fread_unlocked(void *bytes, size_t size, size_t count, FILE *file) {
  REAL(size_t, fread_unlocked, (void *, size_t, size_t, FILE *));
  struct attempt attempt = begin_on("read", fileno(file));
  if (attempt.fails) {
    end(&attempt);
    errno = plan.error;
    return 0;
  }
  size_t outcome = real(bytes, size, count, file);
  end(&attempt);
  return outcome;
}

ssize_t read(int file, void *bytes, size_t count) {
  REAL(ssize_t, read, (int, void *, size_t));
  struct attempt attempt = begin_on("read", file);
  FINISH(ssize_t, real(file, bytes, count));
}

#define INTERCEPT_PREAD(name)                                                  \
  ssize_t name(int file, void *bytes, size_t count, off_t offset) {            \
    REAL(ssize_t, name, (int, void *, size_t, off_t));                         \
    struct attempt attempt = begin_on("read", file);                           \
    FINISH(ssize_t, real(file, bytes, count, offset));                         \
  }

INTERCEPT_PREAD(pread)
INTERCEPT_PREAD(pread64)

ssize_t write(int file, const void *bytes, size_t count) {
  REAL(ssize_t, write, (int, const void *, size_t));
  struct attempt attempt = begin_on("write", file);
  if (attempt.fails && plan.torn && real(file, bytes, count / 2) < 0) return -1;
  FINISH(ssize_t, real(file, bytes, count));
}

#define INTERCEPT_PWRITE(name)                                                 \
  ssize_t name(int file, const void *bytes, size_t count, off_t offset) {      \
    REAL(ssize_t, name, (int, const void *, size_t, off_t));                   \
    struct attempt attempt = begin_on("write", file);                          \
    if (attempt.fails && plan.torn && real(file, bytes, count / 2, offset) < 0) return -1; \
    FINISH(ssize_t, real(file, bytes, count, offset));                         \
  }

INTERCEPT_PWRITE(pwrite)
INTERCEPT_PWRITE(pwrite64)

int fsync(int file) {
  REAL(int, fsync, (int));
  struct attempt attempt = begin_on("fsync", file);
  FINISH(int, real(file));
}

int fdatasync(int file) {
  REAL(int, fdatasync, (int));
  struct attempt attempt = begin_on("fdatasync", file);
  FINISH(int, real(file));
}

int sync_file_range(int file, off64_t offset, off64_t count, unsigned int flags) {
  REAL(int, sync_file_range, (int, off64_t, off64_t, unsigned int));
  // A probe for whether the call is supported, which no disk has a part in.
  if (flags == 0) return real(file, offset, count, flags);
  struct attempt attempt = begin_on("sync_file_range", file);
  FINISH(int, real(file, offset, count, flags));
}

int rename(const char *from, const char *to) {
  REAL(int, rename, (const char *, const char *));
  struct attempt attempt = begin("rename", to);
  FINISH(int, real(from, to));
}

int fallocate(int file, int mode, off_t offset, off_t count) {
  REAL(int, fallocate, (int, int, off_t, off_t));
  struct attempt attempt = begin_on("fallocate", file);
  FINISH(int, real(file, mode, offset, count));
}

int fallocate64(int file, int mode, off64_t offset, off64_t count) {
  REAL(int, fallocate64, (int, int, off64_t, off64_t));
  struct attempt attempt = begin_on("fallocate", file);
  FINISH(int, real(file, mode, offset, count));
}

int ftruncate(int file, off_t count) {
  REAL(int, ftruncate, (int, off_t));
  struct attempt attempt = begin_on("ftruncate", file);
  FINISH(int, real(file, count));
}

int ftruncate64(int file, off64_t count) {
  REAL(int, ftruncate64, (int, off64_t));
  struct attempt attempt = begin_on("ftruncate", file);
  FINISH(int, real(file, count));
}

int unlink(const char *path) {
  REAL(int, unlink, (const char *));
  struct attempt attempt = begin("unlink", path);
  FINISH(int, real(path));
}

int mkdir(const char *path, mode_t mode) {
  REAL(int, mkdir, (const char *, mode_t));
  struct attempt attempt = begin("mkdir", path);
  FINISH(int, real(path, mode));
}

static pid_t owner;

__attribute__((constructor)) static void note_owner(void) { owner = getpid(); }

int close(int file) {
  REAL(int, close, (int));
  int outcome = real(file);
  // The engine closes the -1 of an open that failed: no descriptor of anybody. A child that is being made closes
  // whatever may be open.
  if (outcome != 0 && errno == EBADF && file >= 0 && getpid() == owner) {
    static const char said[] = "fault shim: a descriptor was closed that was not open\n";
    syscall(SYS_write, 2, said, sizeof said - 1);
    abort();
  }
  return outcome;
}
