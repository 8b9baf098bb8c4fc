/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps as many workers computing as there may be, and counts what becomes of them. */
#include "batch_pool.h"

#include "batch_worker.h"
#include "command.h"
#include "talk.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

/* Beside each recording that is computed, so many may wait for the disk to have theirs: enough that no
 * processor waits for an ordinary disk, few enough that a slow one is not given ever more to do. */
enum { WAITING_EACH = 7 };

typedef struct {
    const batch_list *list;
    const batch_plan *plan;
    batch_counts *counts;
    const batch_recording **order; /* those of this shard, the longest first */
    size_t next, mine;
    size_t most; /* recordings that are computed at a time */
    batch_worker *workers;
    batch_word *words; /* shared with their processes */
    size_t room;       /* of workers */
    sigset_t signals, before;
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

static void worker_finish(pool *self, batch_worker *work, int wait_status)
{
    char reason[BATCH_REASON_SIZE];
    const batch_recording *recording = work->recording;
    batch_state state = batch_worker_end(work, wait_status, self->plan, reason);
    if (state == BATCH_MISSING) {
        entry_failed(self, recording);
    } else {
        outcome_tell(self, recording, state, reason);
    }
}

static void workers_reap(pool *self)
{
    int wait_status = 0;
    for (pid_t pid = waitpid(-1, &wait_status, WNOHANG); pid > 0;
         pid = waitpid(-1, &wait_status, WNOHANG)) {
        for (size_t w = 0; w < self->room; w++) {
            if (self->workers[w].pid == pid) {
                worker_finish(self, &self->workers[w], wait_status);
            }
        }
    }
}

/* The analysis and the wait for the disk have the limit each: a busy disk is no fault of the recording,
 * but one that hangs must not stop the others. */
static void late_ones_kill(pool *self)
{
    double limit_s = self->plan->time_limit_s, now = now_s();
    for (size_t w = 0; w < self->room; w++) {
        batch_worker *work = &self->workers[w];
        if (!work->waits && !batch_worker_computes(work)) {
            work->waits = true;
            work->started_s = now;
        }
        if (work->pid > 0 && limit_s > 0.0 && now - work->started_s > limit_s) {
            work->timed_out = true;
            (void)kill(work->pid, SIGKILL);
        }
    }
}

/* The next recording of the shard without an entry; NULL when there is none. */
static const batch_recording *recording_next(pool *self)
{
    char reason[BATCH_REASON_SIZE];
    while (self->next < self->mine) {
        const batch_recording *recording = self->order[self->next++];
        batch_state state = batch_entry_state(self->plan->out, recording, self->plan->key, reason);
        if (state == BATCH_MISSING || state == BATCH_BROKE) {
            return recording;
        }
        self->counts->ready++;
    }
    return NULL;
}

static size_t running(const pool *self)
{
    size_t count = 0;
    for (size_t w = 0; w < self->room; w++) {
        count += self->workers[w].pid > 0;
    }
    return count;
}

/* A free worker, if one more recording may be computed; else NULL. */
static batch_worker *worker_free_one(pool *self)
{
    batch_worker *free_one = NULL;
    size_t computing = 0;
    for (size_t w = 0; w < self->room; w++) {
        batch_worker *work = &self->workers[w];
        computing += batch_worker_computes(work);
        free_one = work->pid == 0 ? work : free_one;
    }
    return computing < self->most ? free_one : NULL;
}

static void workers_fill(pool *self)
{
    for (batch_worker *work = worker_free_one(self); work != NULL && self->status == EXIT_DONE;
         work = worker_free_one(self)) {
        const batch_recording *recording = recording_next(self);
        if (recording == NULL) {
            return;
        }
        if (!batch_worker_start(work, recording, self->plan, &self->before)) {
            entry_failed(self, recording);
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

/* Sleeps until a worker has computed or ends, a signal asks to stop, or it is time to draw. */
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
    while (running(self) > 0 && self->status == EXIT_DONE) {
        signal_wait(self);
        if (self->status == EXIT_DONE) {
            workers_reap(self);
            late_ones_kill(self);
            workers_fill(self);
            progress_show(self);
        }
    }
    for (size_t w = 0; w < self->room; w++) {
        if (self->workers[w].pid > 0) {
            batch_worker_kill(&self->workers[w]);
        }
    }
    talk_progress_hide(&self->progress);
}

static int by_length(const void *one, const void *other)
{
    const batch_recording *a = *(const batch_recording *const *)one;
    const batch_recording *b = *(const batch_recording *const *)other;
    return a->bytes != b->bytes ? (a->bytes < b->bytes) - (a->bytes > b->bytes) : (a > b) - (a < b);
}

/* The longest first: at the end, when one is left, the other processors wait for a short one. */
static bool order_make(pool *self)
{
    self->order = calloc(self->list->count + 1, sizeof(const batch_recording *));
    for (size_t k = self->plan->shard; self->order != NULL && k < self->list->count;
         k += self->plan->shards) {
        self->order[self->mine++] = &self->list->items[k];
    }
    if (self->mine > 0) {
        qsort(self->order, self->mine, sizeof(const batch_recording *), by_length);
    }
    return self->order != NULL;
}

/* Two for each processor: while one begins, waits for its reader or ends, the other computes, and the last
 * ones of all share the processors to the end. Not where they would take processors that were not given to
 * the batch, nor where their time is counted. */
static size_t most_at_a_time(const batch_plan *plan)
{
    cpu_set_t set;
    size_t all = sched_getaffinity(0, sizeof set, &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
    size_t jobs = plan->jobs > 0 ? plan->jobs : all;
    return jobs >= all && plan->time_limit_s <= 0.0 ? 2 * jobs : jobs;
}

static bool workers_make(pool *self)
{
    self->room = self->most * (1 + WAITING_EACH);
    self->workers = calloc(self->room, sizeof *self->workers);
    self->words = mmap(NULL, self->room * sizeof *self->words, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    self->words = self->words == MAP_FAILED ? NULL : self->words;
    for (size_t w = 0; self->workers != NULL && self->words != NULL && w < self->room; w++) {
        self->workers[w].word = &self->words[w];
    }
    return self->workers != NULL && self->words != NULL;
}

static void pool_clear(pool *self)
{
    if (self->words != NULL) {
        (void)munmap(self->words, self->room * sizeof *self->words);
    }
    free(self->workers);
    free(self->order);
}

int batch_pool_run(const batch_list *list, const batch_plan *plan, batch_counts *counts)
{
    pool self = {.list = list,
                 .plan = plan,
                 .counts = counts,
                 .most = most_at_a_time(plan),
                 .start_s = now_s(),
                 .progress = {.quiet = plan->analysis->quiet},
                 .status = EXIT_DONE};
    if (!order_make(&self) || !workers_make(&self)) {
        talk_file("batch", plan->out, "out of memory");
        pool_clear(&self);
        return EXIT_FAILED;
    }
    (void)sigemptyset(&self.signals);
    (void)sigaddset(&self.signals, SIGCHLD);
    (void)sigaddset(&self.signals, SIGINT);
    (void)sigaddset(&self.signals, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &self.signals, &self.before);
    pool_run(&self);
    (void)sigprocmask(SIG_SETMASK, &self.before, NULL);
    pool_clear(&self);
    return self.status;
}
