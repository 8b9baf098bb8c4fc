/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts, hears and ends a process of this program. */
#include "live/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORDS = 512, READ_MOST = 16384, KILL_MS = 1000 };

struct myo_child {
    pid_t id;
    int errors; /* its standard error */
    bool ended;
    int status;
    char words[WORDS];
    size_t word_count;
};

/* In the new process, between fork and exec: only calls that are safe there. */
static void become(const char *program, const char *const *arguments, int fd, int errors,
                   pid_t parent)
{
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    /* What the terminal sends is for the parent, which ends this process when it is done. */
    (void)setpgid(0, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) {
        _exit(127);
    }
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    /* dup2 first to a place that is not in the way of another. */
    const int passed = fcntl(fd, F_DUPFD_CLOEXEC, 10);
    const int told = fcntl(errors, F_DUPFD_CLOEXEC, 10);
    if (nothing < 0 || passed < 0 || told < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 ||
        dup2(told, 2) < 0 || dup2(passed, MYO_CHILD_FD) < 0) {
        _exit(127);
    }
    (void)close_range(MYO_CHILD_FD + 1, ~0U, 0);
    union {
        const char *const *given;
        char *const *wanted;
    } argv = {.given = arguments}; /* execv does not change them */
    (void)execv(program, argv.wanted);
    _exit(127);
}

myo_status myo_child_start(const char *program, const char *const *arguments, int fd,
                           myo_child **child, myo_why *why)
{
    int pipe_ends[2];
    myo_child *self = calloc(1, sizeof *self);
    if (self == NULL || pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        free(self);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory or descriptors");
    }
    const pid_t parent = getpid();
    self->id = fork();
    if (self->id == 0) {
        become(program == NULL ? "/proc/self/exe" : program, arguments, fd, pipe_ends[1], parent);
    }
    (void)close(pipe_ends[1]);
    self->errors = pipe_ends[0];
    if (self->id < 0) {
        (void)close(self->errors);
        free(self);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "no process can be started: %s",
                           strerror(errno));
    }
    *child = self;
    return MYO_OK;
}

/* Keeps the last half of the words when the room is used up. */
static void hear(myo_child *self, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char byte = bytes[i];
        if (self->word_count == WORDS - 1) {
            self->word_count = WORDS / 2;
            memmove(self->words, self->words + WORDS - 1 - self->word_count, self->word_count);
        }
        self->words[self->word_count++] = (byte >= ' ' && byte < 127) ? byte : ' ';
    }
    self->words[self->word_count] = '\0';
}

void myo_child_listen(myo_child *self)
{
    char bytes[1024];
    for (int taken = 0; taken < READ_MOST;) {
        const ssize_t got = read(self->errors, bytes, sizeof bytes);
        if (got <= 0) {
            return;
        }
        hear(self, bytes, (size_t)got);
        taken += (int)got;
    }
}

const char *myo_child_words(const myo_child *self)
{
    return self->words;
}

bool myo_child_ended(myo_child *self, myo_why *how)
{
    if (!self->ended && waitpid(self->id, &self->status, WNOHANG) == self->id) {
        self->ended = true;
    }
    if (self->ended && how != NULL) {
        if (WIFSIGNALED(self->status)) {
            (void)myo_why_set(how, MYO_OK, "was ended by signal %d", WTERMSIG(self->status));
        } else {
            (void)myo_why_set(how, MYO_OK, "ended with status %d", WEXITSTATUS(self->status));
        }
    }
    return self->ended;
}

int myo_child_id(const myo_child *self)
{
    return self->id;
}

static bool ends_within(myo_child *self, int patience_ms)
{
    const struct timespec step = {.tv_nsec = 2000000};
    for (int waited = 0; !myo_child_ended(self, NULL); waited += 2) {
        if (waited >= patience_ms) {
            return false;
        }
        myo_child_listen(self);
        (void)nanosleep(&step, NULL);
    }
    return true;
}

void myo_child_end(myo_child *self, int patience_ms)
{
    if (self == NULL) {
        return;
    }
    if (!ends_within(self, patience_ms)) {
        (void)kill(self->id, SIGKILL);
        /* A process that hangs in a driver cannot be waited for; it goes when the driver lets it. */
        (void)ends_within(self, KILL_MS);
    }
    (void)close(self->errors);
    free(self);
}
