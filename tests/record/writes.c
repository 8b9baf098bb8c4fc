/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preload: logs every write, truncation and sync of one file, and can make the nth of them fail.
 *
 * WRITES_TARGET: end of the file's path. WRITES_LOG: where the log goes; without it nothing is logged.
 * WRITES_SHARED: the file of numbers that feed.c shares, of which given and flushed frames are
 * noted with each entry. WRITES_FAIL=N:ERRNO: the Nth write and all after it fail with that number;
 * N:ERRNO:once only the Nth.
 * An entry: one byte what ('w' write, 't' truncate, 's' sync begins, 'S' sync has ended), then
 * offset, length, given frames, flushed frames as 64 bits each, then the bytes of a write.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int log_fd = -1;
static const volatile int64_t *shared;
static const char *target;
static long fail_at, fail_errno, fail_once;
static atomic_long count;
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_truncate)(int, off_t);
static int (*real_fdatasync)(int);
static int (*real_fsync)(int);

static void begin(void)
{
    /* POSIX lets dlsym's pointer be taken for a function; ISO C has no cast for it. */
    *(void **)&real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    *(void **)&real_write = dlsym(RTLD_NEXT, "write");
    *(void **)&real_truncate = dlsym(RTLD_NEXT, "ftruncate64");
    *(void **)&real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    *(void **)&real_fsync = dlsym(RTLD_NEXT, "fsync");
    target = getenv("WRITES_TARGET");
    const char *log = getenv("WRITES_LOG"), *numbers = getenv("WRITES_SHARED");
    const char *fail = getenv("WRITES_FAIL");
    if (log != NULL) {
        log_fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    }
    int fd = numbers == NULL ? -1 : open(numbers, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && real_truncate(fd, 48) == 0) {
        void *map = mmap(NULL, 48, PROT_READ, MAP_SHARED, fd, 0);
        shared = map == MAP_FAILED ? NULL : map;
    }
    if (fail != NULL) {
        char *end = NULL;
        fail_at = strtol(fail, &end, 10);
        fail_errno = *end == ':' ? strtol(end + 1, &end, 10) : EIO;
        fail_once = strcmp(end, ":once") == 0;
    }
}

static int is_target(int fd)
{
    char link[64], path[512];
    (void)pthread_once(&once, begin);
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = target == NULL ? -1 : readlink(link, path, sizeof path - 1);
    size_t wanted = target == NULL ? 0 : strlen(target);
    if (size < 0 || (size_t)size < wanted) {
        return 0;
    }
    path[size] = '\0';
    return strcmp(path + size - wanted, target) == 0;
}

static void entry(char what, int64_t offset, int64_t length, const void *bytes)
{
    if (log_fd < 0) {
        return;
    }
    int64_t numbers[4] = {offset, length, shared != NULL ? shared[0] : 0,
                          shared != NULL ? shared[1] : 0};
    (void)pthread_mutex_lock(&lock);
    (void)!real_write(log_fd, &what, 1);
    (void)!real_write(log_fd, numbers, sizeof numbers);
    if (bytes != NULL) {
        (void)!real_write(log_fd, bytes, (size_t)length);
    }
    (void)pthread_mutex_unlock(&lock);
}

static int must_fail(void)
{
    long number = atomic_fetch_add(&count, 1) + 1;
    if (fail_at == 0 || number < fail_at || (fail_once && number > fail_at)) {
        return 0;
    }
    errno = (int)fail_errno;
    return 1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t offset)
{
    int ours = is_target(fd);
    if (ours && must_fail()) {
        return -1;
    }
    if (ours) {
        entry('w', offset, (int64_t)size, bytes);
    }
    return real_pwrite(fd, bytes, size, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    return pwrite64(fd, bytes, size, offset);
}

int ftruncate64(int fd, off_t size)
{
    (void)pthread_once(&once, begin);
    if (log_fd >= 0 && is_target(fd)) {
        entry('t', size, 0, NULL);
    }
    return real_truncate(fd, size);
}

int ftruncate(int fd, off_t size)
{
    return ftruncate64(fd, size);
}

static int sync_logged(int fd, int (*real)(int))
{
    int ours = is_target(fd);
    if (ours) {
        entry('s', 0, 0, NULL);
    }
    int result = real(fd);
    if (ours) {
        entry('S', 0, 0, NULL);
    }
    return result;
}

int fdatasync(int fd)
{
    (void)pthread_once(&once, begin);
    return sync_logged(fd, real_fdatasync);
}

int fsync(int fd)
{
    (void)pthread_once(&once, begin);
    return sync_logged(fd, real_fsync);
}
