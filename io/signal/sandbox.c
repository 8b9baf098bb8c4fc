/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Landlock, seccomp and limits, in this order: each later one would forbid the ones before it. */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Address and thread sanitizers reserve terabytes and make calls of their own; a count of what the
 * tests reach is written when the process ends. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(MYO_COVERAGE)
#define INSTRUMENTED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define INSTRUMENTED 1
#endif
#endif
#ifndef INSTRUMENTED
#define INSTRUMENTED 0
#endif

/* Every right over files that the first version of Landlock knows. */
#define ALL_RIGHTS ((UINT64_C(1) << 13) - 1)

/* The letter of V4L2's requests to the kernel, in its place in their number (linux/videodev2.h). */
#define V4L2_REQUESTS ((scmp_datum_t)'V' << 8)

static void missing_add(char *missing, size_t size, const char *what)
{
    size_t used = strlen(missing);
    (void)snprintf(missing + used, size - used, "%s%s", used > 0 ? ", " : "", what);
}

/* What a process may do: read two files and what lies in the folder of the first, write one, ask a video
 * device that is open. NULL: none. */
typedef struct {
    const char *file, *second, *copy;
    bool folder, device;
} rights;

/* The coverage build counts what confined processes ran, too. */
extern void __gcov_dump(void) __attribute__((weak)); // NOLINT(*-reserved-identifier,cert-dcl*)

static void allow(int rules, const char *path, uint64_t access)
{
    struct landlock_path_beneath_attr beneath = {
        .allowed_access = access,
        .parent_fd = open(path, O_PATH | O_CLOEXEC),
    };
    if (beneath.parent_fd >= 0) {
        (void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
        (void)close(beneath.parent_fd);
    }
}

static void folder_allow(int rules, const char *file)
{
    char *copy = strdup(file);
    if (copy != NULL) {
        allow(rules, dirname(copy), LANDLOCK_ACCESS_FS_READ_FILE);
        free(copy);
    }
}

static bool files_confine(const rights *granted)
{
    struct landlock_ruleset_attr all = {.handled_access_fs = ALL_RIGHTS};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    if (rules < 0) {
        return false;
    }
    if (granted->file != NULL) {
        allow(rules, granted->file, LANDLOCK_ACCESS_FS_READ_FILE);
    }
    if (granted->second != NULL) {
        allow(rules, granted->second, LANDLOCK_ACCESS_FS_READ_FILE);
    }
    if (granted->copy != NULL) {
        allow(rules, granted->copy, LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE);
    }
    if (granted->folder && granted->file != NULL) {
        folder_allow(rules, granted->file);
    }
    bool done = syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    (void)close(rules);
    return done;
}

/* What reading, computing and ending need. openat is among them, for reading only; Landlock says which. */
static const int plain_calls[] = {
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(preadv),
    SCMP_SYS(write),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(statx),
    SCMP_SYS(fstatfs),
    SCMP_SYS(lseek),
    SCMP_SYS(_llseek),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(brk),
    SCMP_SYS(madvise),
    SCMP_SYS(fadvise64),
    SCMP_SYS(futex),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(flock),
    SCMP_SYS(fcntl),
    SCMP_SYS(getcwd),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getrandom),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_yield),
};

/* What writing a file that is open needs beside them. */
static const int copying_calls[] = {
    SCMP_SYS(open),      SCMP_SYS(openat), SCMP_SYS(pwrite64),  SCMP_SYS(pwritev),
    SCMP_SYS(ftruncate), SCMP_SYS(fsync),  SCMP_SYS(fdatasync), SCMP_SYS(fallocate),
};

static bool calls_allow(scmp_filter_ctx filter, const int *calls, size_t count)
{
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        good = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) == 0 && good;
    }
    return good;
}

/* A call whose argument may not have any of these bits. */
static int without_bits(scmp_filter_ctx filter, int call, unsigned argument, scmp_datum_t bits)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
                            SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, bits, 0));
}

static bool calls_confine(const rights *granted)
{
    const scmp_datum_t writing = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL) {
        return false;
    }
    bool good = calls_allow(filter, plain_calls, sizeof plain_calls / sizeof plain_calls[0]);
    if (granted->copy != NULL) {
        good = calls_allow(filter, copying_calls, sizeof copying_calls / sizeof copying_calls[0]) &&
               good;
    } else {
        good = without_bits(filter, SCMP_SYS(openat), 2, writing) == 0 && good;
        good = without_bits(filter, SCMP_SYS(open), 1, writing) == 0 && good;
    }
    if (granted->device) {
        good = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
                                SCMP_CMP(1, SCMP_CMP_MASKED_EQ, 0xFF00, V4L2_REQUESTS)) == 0 &&
               good;
    }
    good = without_bits(filter, SCMP_SYS(mmap), 2, PROT_EXEC) == 0 && good;
    good = without_bits(filter, SCMP_SYS(mprotect), 2, PROT_EXEC) == 0 && good;
    good = good && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return good;
}

static void memory_confine(void)
{
    const struct rlimit memory = {MYO_SANDBOX_MEMORY, MYO_SANDBOX_MEMORY}, none = {0, 0};
    (void)setrlimit(RLIMIT_DATA, &memory);
    (void)setrlimit(RLIMIT_CORE, &none);
}

static bool enter(const rights *granted, char *missing, size_t size)
{
    missing[0] = '\0';
    if (INSTRUMENTED) {
        return true;
    }
    bool privileges = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    bool files = privileges && files_confine(granted);
    memory_confine();
    bool calls = privileges && calls_confine(granted);
    if (!files) {
        missing_add(missing, size, "Landlock");
    }
    if (!calls) {
        missing_add(missing, size, "seccomp");
    }
    return files || calls;
}

bool myo_sandbox_enter(const char *file, const char *second, bool folder, char *missing,
                       size_t size)
{
    return enter(&(rights){.file = file, .second = second, .folder = folder}, missing, size);
}

bool myo_sandbox_enter_copying(const char *file, const char *copy, char *missing, size_t size)
{
    return enter(&(rights){.file = file, .copy = copy}, missing, size);
}

bool myo_sandbox_enter_device(char *missing, size_t size)
{
    return enter(&(rights){.device = true}, missing, size);
}

void myo_sandbox_signals(void)
{
    struct sigaction usual = {.sa_handler = SIG_DFL}, ignore = {.sa_handler = SIG_IGN};
    for (int number = 1; number < NSIG; number++) {
        (void)sigaction(number, &usual, NULL);
    }
    (void)sigaction(SIGINT, &ignore, NULL);
    (void)sigaction(SIGHUP, &ignore, NULL);
    (void)sigaction(SIGPIPE, &ignore, NULL);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
}

double myo_sandbox_seconds(double seconds)
{
    return INSTRUMENTED ? 10.0 * seconds : seconds;
}

_Noreturn void myo_sandbox_exit(void)
{
    if (__gcov_dump != NULL) {
        __gcov_dump();
    }
    _exit(0);
}
