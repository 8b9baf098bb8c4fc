/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pool of worker processes, one recording each. */
#include "batch_pool.h"

#include "batch_entry.h"
#include "command.h"
#include "talk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE_SIZE = 4096 + BATCH_REASON_SIZE };

typedef struct {
    pid_t pid; /* 0: free */
    const batch_recording *recording;
    char *part;
    double started_s;
    bool timed_out;
} worker;

typedef struct {
    const batch_list *list;
    const batch_plan *plan;
    batch_counts *counts;
    worker *workers;
    sigset_t signals, before;
    size_t next, mine; /* next to look at; recordings of this shard */
    size_t running;
    double start_s;
    talk_progress progress;
    int status;
} pool;

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void entry_failed(pool *self, const batch_recording *recording)
{
    talk_progress_hide(&self->progress);
    fprintf(stderr, "myotwitch batch: %s: entry of ", self->plan->out);
    talk_clean(recording->name, stderr);
    fprintf(stderr, ": %s\n", strerror(errno));
    self->status = EXIT_FAILED;
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

static int recording_analyse(const batch_recording *recording, const char *part,
                             const batch_plan *plan)
{
    char *events = NULL, *row = NULL;
    if (asprintf(&events, "%s/events.tsv", part) < 0 ||
        asprintf(&row, "%s/recording.tsv", part) < 0) {
        return EXIT_FAILED;
    }
    analysis_settings settings = *plan->analysis;
    settings.tsv = events;
    settings.row = row;
    settings.out = settings.format == NULL ? NULL : part;
    settings.force = true;
    settings.quiet = true;
    int status = analysis_run(recording->path, &settings);
    free(events);
    free(row);
    return status;
}

/* The batch takes the signals of the terminal and ends its workers itself; if it is killed, so are
 * they. */
static void worker_main(const pool *self, pid_t parent, const worker *work)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGINT, &ignore, NULL);
    (void)sigaction(SIGTERM, &ignore, NULL);
    (void)sigprocmask(SIG_SETMASK, &self->before, NULL);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        exit(EXIT_FAILED);
    }
    log_open(work->part);
    exit(recording_analyse(work->recording, work->part, self->plan));
}

static void worker_start(pool *self, worker *free_one, const batch_recording *recording)
{
    *free_one = (worker){.recording = recording, .started_s = now_s()};
    free_one->part = batch_entry_begin(self->plan->out, recording);
    if (free_one->part == NULL) {
        entry_failed(self, recording);
        return;
    }
    pid_t parent = getpid();
    (void)fflush(NULL);
    free_one->pid = fork();
    if (free_one->pid == 0) {
        worker_main(self, parent, free_one);
    }
    if (free_one->pid < 0) {
        free_one->pid = 0;
        entry_failed(self, recording);
        free(free_one->part);
        return;
    }
    self->running++;
}

/* The last line of the log without "myotwitch analyze: PATH: ". */
static void log_reason(const worker *work, char reason[BATCH_REASON_SIZE])
{
    char line[LINE_SIZE], *path = NULL;
    FILE *log = asprintf(&path, "%s/log", work->part) < 0 ? NULL : fopen(path, "re");
    (void)snprintf(reason, BATCH_REASON_SIZE, "no reason was given");
    size_t before = strlen("myotwitch analyze: ") + strlen(work->recording->path) + strlen(": ");
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

static bool has_row(const worker *work)
{
    char *path = NULL;
    bool there = asprintf(&path, "%s/recording.tsv", work->part) >= 0 && access(path, F_OK) == 0;
    free(path);
    return there;
}

static batch_state outcome(const worker *work, int wait_status, double limit_s,
                           char reason[BATCH_REASON_SIZE])
{
    log_reason(work, reason);
    if (work->timed_out) {
        (void)snprintf(reason, BATCH_REASON_SIZE, "took longer than %g s", limit_s);
        return BATCH_BROKE;
    }
    if (WIFSIGNALED(wait_status)) {
        int number = WTERMSIG(wait_status);
        (void)snprintf(reason, BATCH_REASON_SIZE, "the analysis crashed: %s", strsignal(number));
        return BATCH_BROKE;
    }
    switch (WEXITSTATUS(wait_status)) {
    case EXIT_DONE:
        reason[0] = '\0';
        return BATCH_DONE;
    case EXIT_BAD_INPUT:
        return has_row(work) ? BATCH_DAMAGED : BATCH_FAILED;
    case EXIT_USAGE:
        return BATCH_FAILED;
    default:
        return BATCH_BROKE;
    }
}

static void outcome_tell(pool *self, const batch_recording *recording, batch_state state,
                         const char *reason)
{
    self->counts->done += state == BATCH_DONE;
    self->counts->damaged += state == BATCH_DAMAGED;
    self->counts->failed += state == BATCH_FAILED || state == BATCH_BROKE;
    if (state != BATCH_DONE && !self->plan->analysis->quiet) {
        talk_progress_hide(&self->progress);
        talk_file("batch", recording->path, reason);
    }
}

static void worker_finish(pool *self, worker *work, int wait_status)
{
    char reason[BATCH_REASON_SIZE];
    batch_state state = outcome(work, wait_status, self->plan->time_limit_s, reason);
    if (state == BATCH_FAILED || state == BATCH_BROKE) {
        batch_folder_clear(work->part, true);
    }
    if (batch_entry_end(self->plan->out, work->recording, self->plan->key, work->part, state,
                        reason)) {
        outcome_tell(self, work->recording, state, reason);
    } else {
        entry_failed(self, work->recording);
    }
    free(work->part);
    work->pid = 0;
    self->running--;
}

static void workers_reap(pool *self)
{
    int wait_status = 0;
    for (pid_t pid = waitpid(-1, &wait_status, WNOHANG); pid > 0;
         pid = waitpid(-1, &wait_status, WNOHANG)) {
        for (int w = 0; w < self->plan->jobs; w++) {
            if (self->workers[w].pid == pid) {
                worker_finish(self, &self->workers[w], wait_status);
            }
        }
    }
}

static void late_ones_kill(pool *self)
{
    double limit_s = self->plan->time_limit_s, now = now_s();
    for (int w = 0; w < self->plan->jobs; w++) {
        worker *work = &self->workers[w];
        if (work->pid > 0 && limit_s > 0.0 && now - work->started_s > limit_s) {
            work->timed_out = true;
            (void)kill(work->pid, SIGKILL);
        }
    }
}

static void all_kill(pool *self)
{
    for (int w = 0; w < self->plan->jobs; w++) {
        worker *work = &self->workers[w];
        if (work->pid > 0) {
            (void)kill(work->pid, SIGKILL);
            (void)waitpid(work->pid, NULL, 0);
            batch_folder_clear(work->part, false);
            free(work->part);
            work->pid = 0;
            self->running--;
        }
    }
}

/* The next recording of the shard without an entry; NULL when there is none. */
static const batch_recording *recording_next(pool *self)
{
    char reason[BATCH_REASON_SIZE];
    while (self->next < self->list->count) {
        const batch_recording *recording = &self->list->items[self->next];
        bool mine = self->next++ % self->plan->shards == self->plan->shard;
        if (!mine) {
            continue;
        }
        batch_state state = batch_entry_state(self->plan->out, recording, self->plan->key, reason);
        if (state == BATCH_MISSING || state == BATCH_BROKE) {
            return recording;
        }
        self->counts->ready++;
    }
    return NULL;
}

static void workers_fill(pool *self)
{
    for (int w = 0; w < self->plan->jobs && self->status == EXIT_DONE; w++) {
        if (self->workers[w].pid == 0) {
            const batch_recording *recording = recording_next(self);
            if (recording == NULL) {
                return;
            }
            worker_start(self, &self->workers[w], recording);
        }
    }
}

static void progress_show(pool *self)
{
    const batch_counts *counts = self->counts;
    char text[120];
    size_t now = counts->done + counts->damaged + counts->failed, all = now + counts->ready;
    double seconds = now_s() - self->start_s;
    double rate = seconds > 0.0 ? (double)now / seconds : 0.0;
    int length = snprintf(text, sizeof text, "%zu of %zu, %zu failed, %.1f/s", all, self->mine,
                          counts->failed + counts->damaged, rate);
    if (rate > 0.0) {
        (void)snprintf(text + length, sizeof text - (size_t)length, ", %.0f s left   ",
                       (double)(self->mine - all) / rate);
    }
    talk_progress_show(&self->progress, text, (int64_t)all, (int64_t)self->mine);
}

/* Sleeps until a worker ends, a signal asks to stop, or it is time to draw. */
static void signal_wait(pool *self)
{
    const struct timespec while_drawing = {.tv_nsec = 200000000};
    int got = sigtimedwait(&self->signals, NULL, &while_drawing);
    if (got == SIGINT || got == SIGTERM) {
        talk_progress_hide(&self->progress);
        fprintf(stderr, "myotwitch batch: interrupted; the same command goes on from here\n");
        self->status = EXIT_FAILED;
    }
}

static void pool_run(pool *self)
{
    workers_fill(self);
    while (self->running > 0 && self->status == EXIT_DONE) {
        signal_wait(self);
        if (self->status == EXIT_DONE) {
            workers_reap(self);
            late_ones_kill(self);
            workers_fill(self);
            progress_show(self);
        }
    }
    all_kill(self);
    talk_progress_hide(&self->progress);
}

static size_t shard_size(const batch_list *list, const batch_plan *plan)
{
    return plan->shard < list->count ? (list->count - plan->shard - 1) / plan->shards + 1 : 0;
}

int batch_pool_run(const batch_list *list, const batch_plan *plan, batch_counts *counts)
{
    pool self = {.list = list,
                 .plan = plan,
                 .counts = counts,
                 .mine = shard_size(list, plan),
                 .start_s = now_s(),
                 .progress = {.quiet = plan->analysis->quiet},
                 .status = EXIT_DONE};
    self.workers = calloc((size_t)plan->jobs, sizeof *self.workers);
    if (self.workers == NULL) {
        talk_file("batch", plan->out, "out of memory");
        return EXIT_FAILED;
    }
    (void)sigemptyset(&self.signals);
    (void)sigaddset(&self.signals, SIGCHLD);
    (void)sigaddset(&self.signals, SIGINT);
    (void)sigaddset(&self.signals, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &self.signals, &self.before);
    pool_run(&self);
    (void)sigprocmask(SIG_SETMASK, &self.before, NULL);
    free(self.workers);
    return self.status;
}
