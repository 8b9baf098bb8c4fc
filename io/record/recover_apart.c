/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A damaged recording is brought back by a confined process of its own (signal/sandbox.h): what breaks
 * libhdf5 breaks only that, and no more is written than a recording of that length can hold. */
#include "recover.h"

#include "recover_self.h"

#include "export/outfile.h"
#include "signal/guard.h"
#include "signal/sandbox.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* It may compute for a fixed time and for reading the whole file, three times, at a slow rate. The copy of a
 * recording is as long as the recording; a gap, written out, makes it longer. */
static const double fixed_s = 4.0, slowest_bytes_s = 5e6;
static const rlim_t copies = 2, fixed_bytes = (rlim_t)64 << 20;

/* In memory that both processes see. */
typedef struct {
    myo_status status;
    myo_why why;
    myo_recover_report report;
} shared;

/* The hard limit is above the soft one, whose signal tells which limit it was. */
static void limit(int what, rlim_t most)
{
    const struct rlimit limits = {most, most + 1};
    (void)setrlimit(what, &limits);
}

static _Noreturn void child_run(shared *share, const char *in, const char *out)
{
    struct stat about = {0};
    char missing[sizeof share->report.missing_confinement];
    myo_sandbox_signals();
    (void)stat(in, &about);
    limit(RLIMIT_CPU,
          (rlim_t)myo_sandbox_seconds(fixed_s + (double)about.st_size / slowest_bytes_s));
    limit(RLIMIT_FSIZE, copies * (rlim_t)about.st_size + fixed_bytes);
    (void)myo_sandbox_enter_copying(in, out, missing, sizeof missing);
    share->status = recover_here(in, out, &share->report, &share->why);
    memcpy(share->report.missing_confinement, missing, sizeof missing);
    myo_sandbox_exit();
}

/* What the child left, if it came to its end. */
static myo_status child_judge(const shared *share, int how, myo_recover_report *report,
                              myo_why *why)
{
    if (WIFSIGNALED(how)) {
        return myo_why_set(
            why, MYO_ERR_FORMAT,
            "its reader broke on it (%s) and was ended; the file is damaged or hostile",
            strsignal(WTERMSIG(how)));
    }
    *report = share->report;
    *why = share->why;
    report->state[sizeof report->state - 1] = '\0';
    why->text[sizeof why->text - 1] = '\0';
    return share->status;
}

static myo_status recover_apart(const char *in, const char *out, myo_recover_report *report,
                                myo_why *why)
{
    const size_t size = sizeof(shared);
    shared *share = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (share == MAP_FAILED) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    const pid_t child = fork();
    if (child == 0) {
        child_run(share, in, out);
    }
    myo_status status = MYO_ERR_NO_MEMORY;
    if (child < 0) {
        (void)myo_why_set(why, status, "no process for its reader: %s", strerror(errno));
    } else {
        int how = 0;
        while (waitpid(child, &how, 0) < 0 && errno == EINTR) {
        }
        status = child_judge(share, how, report, why);
    }
    (void)munmap(share, size);
    return status;
}

myo_status myo_recover(const char *in, const char *out, myo_recover_report *report, myo_why *why)
{
    *report = (myo_recover_report){0};
    myo_outfile *file = NULL;
    myo_status status = myo_outfile_open(out, false, &file, why);
    if (status != MYO_OK) {
        return status;
    }
    const char *temporary = myo_outfile_temporary(file);
    if (temporary == NULL) {
        status = myo_why_set(why, MYO_ERR_WRITE, "a session file needs a plain file's name");
    } else {
        status = (myo_guard_wanted() ? recover_apart : recover_here)(in, temporary, report, why);
    }
    if (status != MYO_OK) {
        myo_outfile_discard(file);
        return status;
    }
    return myo_outfile_commit(file, why);
}
