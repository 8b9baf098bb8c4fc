/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forks, analyses, names the entry; what its process does not live to name is named for it. */
#include "batch_worker.h"

#include "command.h"
#include "talk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE_SIZE = 4096 + BATCH_REASON_SIZE };

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* What the analysis says goes into the file "log" of the entry. */
static void log_open(const char *part)
{
    char *path = NULL;
    int log = asprintf(&path, "%s/log", part) < 0
                  ? -1
                  : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
    if (log < 0 || dup2(log, STDERR_FILENO) < 0) {
        exit(EXIT_FAILED);
    }
    (void)close(log);
    free(path);
}

/* The parent may now start another beside the waiting for the disk that follows. Relaxed: nothing but
 * the flag itself is read before the process has ended (batch_worker_computes). */
static void computed_tell(void *context)
{
    batch_word *word = context;
    if (!atomic_exchange_explicit(&word->computed, true, memory_order_relaxed)) {
        (void)kill(getppid(), SIGCHLD);
    }
}

static int recording_analyse(const batch_worker *self, const batch_plan *plan)
{
    char *events = NULL, *row = NULL;
    if (asprintf(&events, "%s/events.tsv", self->part) < 0 ||
        asprintf(&row, "%s/recording.tsv", self->part) < 0) {
        return EXIT_FAILED;
    }
    analysis_settings settings = *plan->analysis;
    settings.tsv = events;
    settings.row = row;
    settings.out = settings.format == NULL ? NULL : self->part;
    settings.force = true;
    settings.quiet = true;
    settings.sync_later = true;
    settings.computed = computed_tell;
    settings.computed_context = self->word;
    int status = analysis_run(self->recording->path, &settings);
    free(events);
    free(row);
    return status;
}

/* The last line of the log without "myotwitch analyze: PATH: ". */
static void log_reason(const batch_worker *self, char reason[BATCH_REASON_SIZE])
{
    char line[LINE_SIZE], *path = NULL;
    FILE *log = asprintf(&path, "%s/log", self->part) < 0 ? NULL : fopen(path, "re");
    (void)snprintf(reason, BATCH_REASON_SIZE, "no reason was given");
    size_t before = strlen("myotwitch analyze: ") + strlen(self->recording->path) + strlen(": ");
    while (log != NULL && fgets(line, sizeof line, log) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        bool ours = strncmp(line, "myotwitch analyze: ", 19) == 0 && strlen(line) > before;
        (void)snprintf(reason, BATCH_REASON_SIZE - 1, "%.500s", ours ? line + before : line);
    }
    if (log != NULL && ftell(log) == 0) {
        (void)unlink(path);
    }
    if (log != NULL) {
        (void)fclose(log);
    }
    free(path);
}

static bool has_row(const batch_worker *self)
{
    char *path = NULL;
    bool there = asprintf(&path, "%s/recording.tsv", self->part) >= 0 && access(path, F_OK) == 0;
    free(path);
    return there;
}

static batch_state outcome(const batch_worker *self, int exit_status)
{
    switch (exit_status) {
    case EXIT_DONE:
        return BATCH_DONE;
    case EXIT_BAD_INPUT:
        return has_row(self) ? BATCH_DAMAGED : BATCH_FAILED;
    case EXIT_USAGE:
        return BATCH_FAILED;
    default:
        return BATCH_BROKE;
    }
}

/* In the process: stamps the entry, waits until the disk has it, and gives it its name. */
static void entry_name(const batch_worker *self, int exit_status, const batch_plan *plan)
{
    batch_word *word = self->word;
    batch_state state = outcome(self, exit_status);
    log_reason(self, word->reason);
    if (state == BATCH_DONE) {
        word->reason[0] = '\0';
    } else if (state != BATCH_DAMAGED) {
        batch_folder_clear(self->part, true);
    }
    bool named =
        batch_entry_end(plan->out, self->recording, plan->key, self->part, state, word->reason);
    if (!named) { /* no room on the disk, say: then without what came out */
        (void)snprintf(word->reason, BATCH_REASON_SIZE, "%s", strerror(errno));
        state = BATCH_BROKE;
        batch_folder_clear(self->part, true);
        named =
            batch_entry_end(plan->out, self->recording, plan->key, self->part, state, word->reason);
    }
    word->error = named ? 0 : errno;
    word->state = named ? state : BATCH_MISSING;
}

/* The batch takes the signals of the terminal and ends its workers itself; if it is killed, so are
 * they. */
static _Noreturn void worker_main(const batch_worker *self, pid_t parent, const batch_plan *plan,
                                  const sigset_t *mask)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGINT, &ignore, NULL);
    (void)sigaction(SIGTERM, &ignore, NULL);
    (void)sigprocmask(SIG_SETMASK, mask, NULL);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        exit(EXIT_FAILED);
    }
    log_open(self->part);
    int status = recording_analyse(self, plan);
    computed_tell(self->word);
    entry_name(self, status, plan);
    exit(status);
}

static void worker_free(batch_worker *self)
{
    free(self->part);
    *self = (batch_worker){.word = self->word};
}

bool batch_worker_start(batch_worker *self, const batch_recording *recording,
                        const batch_plan *plan, const sigset_t *mask)
{
    *self = (batch_worker){.word = self->word, .recording = recording, .started_s = now_s()};
    memset(self->word, 0, sizeof *self->word);
    self->part = batch_entry_begin(plan->out, recording);
    if (self->part == NULL) {
        return false;
    }
    pid_t parent = getpid();
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        worker_main(self, parent, plan, mask);
    }
    if (pid < 0) {
        int error = errno;
        worker_free(self);
        errno = error;
        return false;
    }
    self->pid = pid;
    return true;
}

bool batch_worker_computes(const batch_worker *self)
{
    /* Partner of computed_tell(). */
    return self->pid > 0 && !atomic_load_explicit(&self->word->computed, memory_order_relaxed);
}

/* Why the process came to no entry. */
static void end_reason(const batch_worker *self, int wait_status, const batch_plan *plan,
                       char reason[BATCH_REASON_SIZE])
{
    if (self->timed_out) {
        (void)snprintf(reason, BATCH_REASON_SIZE, "took longer than %g s", plan->time_limit_s);
    } else if (WIFSIGNALED(wait_status)) {
        (void)snprintf(reason, BATCH_REASON_SIZE, "the analysis crashed: %s",
                       strsignal(WTERMSIG(wait_status)));
    } else {
        log_reason(self, reason);
    }
}

/* The folder is begun again: the process may have ended in the instant after it had named it. */
static batch_state broken_name(const batch_worker *self, const batch_plan *plan, const char *reason)
{
    char *part = batch_entry_begin(plan->out, self->recording);
    bool named = part != NULL &&
                 batch_entry_end(plan->out, self->recording, plan->key, part, BATCH_BROKE, reason);
    int error = errno;
    free(part);
    errno = error;
    return named ? BATCH_BROKE : BATCH_MISSING;
}

batch_state batch_worker_end(batch_worker *self, int wait_status, const batch_plan *plan,
                             char reason[BATCH_REASON_SIZE])
{
    batch_state state = self->word->state;
    int error = self->word->error;
    if (state != BATCH_MISSING) {
        memcpy(reason, self->word->reason, BATCH_REASON_SIZE);
    } else if (error == 0) {
        end_reason(self, wait_status, plan, reason);
        state = broken_name(self, plan, reason);
        error = errno;
    }
    worker_free(self);
    errno = error;
    return state;
}

void batch_worker_kill(batch_worker *self)
{
    (void)kill(self->pid, SIGKILL);
    (void)waitpid(self->pid, NULL, 0);
    batch_folder_clear(self->part, false);
    worker_free(self);
}
