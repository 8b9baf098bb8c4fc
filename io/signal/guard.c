/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The side of a guarded source that the program sees: starts the child, asks, checks, waits. */
#include "guard.h"

#include "guard_share.h"
#include "why.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* An answer may cost so much of the processor: a fixed part, and what looking through the whole file
 * takes at the slowest reader's rate. A reader that waits, for a disk that sleeps say, has a minute. */
static const double answer_cpu_s = 4.0, slowest_bytes_s = 20e6, silence_s = 60.0;
enum { LOOK_MS = 200 };

struct myo_guard {
    guard_share *share;
    pid_t child;
    int link;
    double cpu_limit_s;
    unsigned slot;   /* that is handed out */
    size_t at, left; /* frames of it */
    uint32_t channels;
    myo_status ended; /* what the child last said, once it has nothing more */
    bool over, dead;
};

bool myo_guard_wanted(void)
{
    const char *reader = getenv("MYOTWITCH_READER");
    return reader == NULL || strcmp(reader, "inside") != 0;
}

static double cpu_s(pid_t child)
{
    clockid_t clock;
    struct timespec now = {0};
    if (clock_getcpuclockid(child, &clock) == 0) {
        (void)clock_gettime(clock, &now);
    }
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static myo_status child_ended(myo_guard *self, myo_why *why)
{
    int how = 0;
    self->dead = true;
    (void)kill(self->child, SIGKILL); /* if it only fell silent; what ended it before stays */
    if (waitpid(self->child, &how, 0) == self->child && WIFSIGNALED(how)) {
        return myo_why_set(
            why, MYO_ERR_FORMAT,
            "its reader broke on it (%s) and was ended; the file is damaged or hostile",
            strsignal(WTERMSIG(how)));
    }
    return myo_why_set(why, MYO_ERR_FORMAT,
                       "its reader ended without a word; the file is damaged or "
                       "hostile");
}

static myo_status child_kill(myo_guard *self, const char *reason, myo_why *why)
{
    (void)kill(self->child, SIGKILL);
    (void)waitpid(self->child, NULL, 0);
    self->dead = true;
    return myo_why_set(why, MYO_ERR_FORMAT, "its reader %s and was ended", reason);
}

/* Reads @p size bytes of the child's answer, as long as the child may take for it: counted from the first
 * look at its clock, for mostly the answer is there. */
static myo_status answer_take(myo_guard *self, void *bytes, size_t size, myo_why *why)
{
    double started_s = -1.0, waited_s = 0.0;
    char *to = bytes;
    while (size > 0) {
        struct pollfd answer = {.fd = self->link, .events = POLLIN};
        int ready = poll(&answer, 1, LOOK_MS);
        if (ready > 0) {
            ssize_t got = read(self->link, to, size);
            if (got <= 0) {
                return child_ended(self, why);
            }
            to += got;
            size -= (size_t)got;
            waited_s = 0.0;
        } else if (ready == 0) {
            const double now_s = cpu_s(self->child);
            waited_s += 1e-3 * LOOK_MS;
            started_s = started_s < 0.0 ? now_s : started_s;
            if (now_s - started_s > self->cpu_limit_s) {
                return child_kill(self, "computed too long", why);
            }
            if (waited_s > silence_s) {
                return child_kill(self, "said nothing for a minute", why);
            }
        }
    }
    return MYO_OK;
}

static myo_status ask(myo_guard *self, myo_why *why)
{
    return send(self->link, "", 1, MSG_NOSIGNAL) == 1 ? MYO_OK : child_ended(self, why);
}

/* Its end of the link and the standard streams; above all none of the files being written. */
static int link_keep(int link)
{
    enum { KEPT = 3 };
    if (link != KEPT) {
        (void)dup2(link, KEPT);
    }
    (void)close_range(KEPT + 1, ~0U, 0);
    return KEPT;
}

static myo_status child_start(myo_guard *self, const char *path, const myo_source_options *options,
                              myo_why *why)
{
    int ends[2] = {-1, -1};
    bool good = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0;
    self->child = good ? fork() : -1;
    if (self->child == 0) {
        guard_child_run(self->share, path, options, link_keep(ends[1]));
    }
    myo_status status =
        self->child > 0
            ? MYO_OK
            : myo_why_set(why, MYO_ERR_OPEN, "no process for its reader: %s", strerror(errno));
    self->dead = self->child < 0;
    self->link = ends[0];
    if (good) {
        (void)close(ends[1]);
    }
    return status;
}

static void text_end(char *text, size_t size)
{
    text[size - 1] = '\0';
}

/* A broken child may write anything: nothing of it may lead the program astray. */
static bool info_believable(myo_source_info *info)
{
    text_end(info->format, sizeof info->format);
    text_end(info->start_time, sizeof info->start_time);
    text_end(info->subject, sizeof info->subject);
    text_end(info->note, sizeof info->note);
    for (size_t c = 0; c < MYO_MAX_CHANNELS; c++) {
        text_end(info->channel_name[c], sizeof info->channel_name[c]);
    }
    return info->channels >= 1 && info->channels <= MYO_MAX_CHANNELS &&
           info->rate_hz >= MYO_SOURCE_MIN_RATE_HZ && info->rate_hz <= MYO_SOURCE_MAX_RATE_HZ &&
           info->frames >= -1 && isfinite(info->full_scale_uv);
}

static myo_status marks_take(myo_guard *self, size_t count, myo_marks *marks, myo_why *why)
{
    if (count > MYO_MAX_MARKS) {
        return child_kill(self, "made up more marks than can be", why);
    }
    marks->items = calloc(count + 1, sizeof *marks->items);
    if (marks->items == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    marks->capacity = count + 1;
    myo_status status = answer_take(self, marks->items, count * sizeof *marks->items, why);
    marks->count = status == MYO_OK ? count : 0;
    for (size_t i = 0; i < marks->count; i++) {
        text_end(marks->items[i].label, sizeof marks->items[i].label);
    }
    return status;
}

static double cpu_limit(const char *path)
{
    struct stat about;
    return answer_cpu_s + (stat(path, &about) == 0 ? (double)about.st_size / slowest_bytes_s : 0.0);
}

static myo_status opened_take(myo_guard *self, myo_source_info *info, myo_marks *marks,
                              myo_why *why)
{
    char word = 0;
    guard_share *share = self->share;
    myo_status status = answer_take(self, &word, 1, why);
    if (status != MYO_OK) {
        return status;
    }
    text_end(share->why.text, sizeof share->why.text);
    if (share->status != MYO_OK) {
        *why = share->why;
        return share->status;
    }
    *info = share->info;
    if (!info_believable(info)) {
        return child_kill(self, "described something that cannot be", why);
    }
    self->channels = info->channels;
    status = marks_take(self, share->marks, marks, why);
    for (int i = 0; status == MYO_OK && i < GUARD_SLOTS; i++) {
        status = ask(self, why);
    }
    self->slot = GUARD_SLOTS - 1; /* so that the first answer is slot 0 */
    return status;
}

myo_status myo_guard_open(const char *path, const myo_source_options *options, myo_guard **guard,
                          myo_source_info *info, myo_marks *marks, myo_why *why)
{
    myo_guard *self = calloc(1, sizeof *self);
    *guard = NULL;
    if (self == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->link = -1;
    self->dead = true;
    self->cpu_limit_s = cpu_limit(path);
    self->share =
        mmap(NULL, sizeof *self->share, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    myo_status status = self->share == MAP_FAILED
                            ? myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory")
                            : child_start(self, path, options, why);
    if (status == MYO_OK) {
        status = opened_take(self, info, marks, why);
    }
    if (status != MYO_OK) {
        myo_guard_free(self);
        return status;
    }
    *guard = self;
    return MYO_OK;
}

/* The slot that was used up is given back, the next one taken. */
static myo_status slot_next(myo_guard *self, myo_why *why)
{
    char word = 0;
    guard_slot *slot;
    myo_status status = self->left == 0 && self->at > 0 ? ask(self, why) : MYO_OK;
    if (status == MYO_OK) {
        status = answer_take(self, &word, 1, why);
    }
    if (status != MYO_OK) {
        return status;
    }
    self->slot = (self->slot + 1) % GUARD_SLOTS;
    slot = &self->share->slot[self->slot];
    text_end(slot->why.text, sizeof slot->why.text);
    if (slot->got > GUARD_SLOT_SAMPLES / self->channels) {
        return child_kill(self, "claimed more than it could have read", why);
    }
    self->at = 0;
    self->left = slot->got;
    self->ended = slot->status;
    self->over = slot->got == 0 || slot->status != MYO_OK;
    return MYO_OK;
}

static void frames_hand_out(myo_guard *self, float *samples, size_t frames, size_t *got)
{
    const guard_slot *slot = &self->share->slot[self->slot];
    size_t count = frames < self->left ? frames : self->left;
    memcpy(samples, slot->samples + self->at * self->channels,
           count * self->channels * sizeof *samples);
    self->at += count;
    self->left -= count;
    *got = count;
}

myo_status myo_guard_read(myo_guard *guard, float *samples, size_t frames, size_t *got,
                          myo_why *why)
{
    *got = 0;
    while (guard->left == 0 && !guard->over) {
        myo_status status = guard->dead ? guard->ended : slot_next(guard, why);
        if (status != MYO_OK) {
            guard->ended = status;
            guard->over = true;
            return status;
        }
    }
    frames_hand_out(guard, samples, frames, got);
    if (guard->left > 0 || guard->ended == MYO_OK) {
        return MYO_OK;
    }
    if (!guard->dead) {
        *why = guard->share->slot[guard->slot].why;
    }
    return guard->ended;
}

void myo_guard_free(myo_guard *guard)
{
    if (guard == NULL) {
        return;
    }
    if (guard->link >= 0) {
        (void)close(guard->link);
    }
    if (!guard->dead) {
#ifndef MYO_COVERAGE
        (void)kill(guard->child, SIGKILL);
#endif
        (void)waitpid(guard->child, NULL, 0);
    }
    if (guard->share != NULL && guard->share != MAP_FAILED) {
        (void)munmap(guard->share, sizeof *guard->share);
    }
    free(guard);
}
