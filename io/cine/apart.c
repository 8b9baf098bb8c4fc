/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Both sides of a cine that is read in a child: the child fills memory that both see when it is asked. */
#include "apart.h"

#include "av.h"

#include "signal/sandbox.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What an answer may cost; io/signal/guard.c gives the reasons. */
static const double answer_cpu_s = 4.0, slowest_bytes_s = 20e6, silence_s = 60.0;
/* A device that gave no frame for so long gives none, unless the caller says otherwise. */
static const double device_silence_s = 10.0;
enum { LOOK_MS = 200, KEPT_LINK = 3, KEPT_FILE = 4 };

/* Untouched pages of it cost nothing. */
typedef struct {
    myo_status status; /* of the last answer */
    int got;
    myo_why why;
    myo_cine_info info;
    double time_s;
    int64_t sequence;
    float samples[2 * (size_t)MYO_CINE_MAX_PIXELS]; /* or as many bytes */
} shared;

typedef struct {
    shared *share;
    pid_t child; /* 0: none, or ended */
    int link;
    double cpu_limit_s, silence_s;
    bool is_device;
} apart;

/* --- The child --- */

static bool say(int link)
{
    return write(link, "", 1) == 1;
}

/* Of all open files the link and the recording stay. A device is not open yet. */
static void files_leave(int link, myo_bytes *bytes)
{
    const bool has_file = bytes->file >= 0;
    if (has_file) {
        (void)dup2(bytes->file, KEPT_FILE);
    }
    if (link != KEPT_LINK) {
        (void)dup2(link, KEPT_LINK);
    }
    bytes->file = has_file ? KEPT_FILE : -1;
    (void)close_range(has_file ? KEPT_FILE + 1 : KEPT_LINK + 1, ~0U, 0);
}

static void frame_put(shared *share, const myo_cine_info *info, const myo_cine_frame *frame)
{
    size_t row = (size_t)info->width * (info->kind == MYO_CINE_IQ ? 2 : 1);
    size_t stride = frame->stride * (info->kind == MYO_CINE_IQ ? 2 : 1);
    share->time_s = frame->time_s;
    share->sequence = frame->sequence;
    for (size_t y = 0; y < info->height; y++) {
        if (info->is_float) {
            memcpy(share->samples + y * row, frame->values + y * stride, row * sizeof(float));
        } else {
            memcpy((uint8_t *)share->samples + y * row, frame->gray + y * stride, row);
        }
    }
}

/* A device is opened first: to be confined is never to open one again. What it sends comes after. */
static void open_confined(const myo_cine_class *kind, myo_cine_reader *reader, shared *share,
                          myo_bytes *bytes, const char *path, const myo_cine_options *options)
{
    char missing[64];
    const bool is_device = kind == &myo_cine_device;
    if (!is_device) {
        (void)myo_sandbox_enter(path, NULL, false, missing, sizeof missing);
    }
    share->status = kind->open(reader, bytes, path, options, &share->why);
    if (is_device) {
        (void)myo_sandbox_enter_device(missing, sizeof missing);
    }
    share->info = reader->info;
    if (share->status == MYO_OK && missing[0] != '\0') {
        myo_note_add(share->info.note, sizeof share->info.note, "its reader runs without %s",
                     missing);
    }
}

static _Noreturn void child_run(const myo_cine_class *kind, shared *share, myo_bytes *bytes,
                                const char *path, const myo_cine_options *options)
{
    char ask = 0;
    myo_cine_reader reader = {0};
    myo_sandbox_signals();
    open_confined(kind, &reader, share, bytes, path, options);
    bool open = say(KEPT_LINK) && share->status == MYO_OK;
    while (open && read(KEPT_LINK, &ask, 1) == 1) {
        myo_cine_frame frame = {0};
        bool got = false;
        share->status = kind->next(&reader, &frame, &got, &share->why);
        share->got = got;
        if (share->status == MYO_OK && got) {
            frame_put(share, &reader.info, &frame);
        }
        open = say(KEPT_LINK);
    }
    myo_sandbox_exit();
}

/* --- The program --- */

static double cpu_s(pid_t child)
{
    clockid_t clock;
    struct timespec now = {0};
    if (clock_getcpuclockid(child, &clock) == 0) {
        (void)clock_gettime(clock, &now);
    }
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static myo_status child_end(apart *a, const char *reason, myo_why *why)
{
    int how = 0;
    (void)kill(a->child, SIGKILL); /* what ended it before stays */
    bool signalled = waitpid(a->child, &how, 0) == a->child && WIFSIGNALED(how);
    a->child = 0;
    if (reason == NULL && signalled) {
        reason = WTERMSIG(how) == SIGKILL ? "ended without a word" : strsignal(WTERMSIG(how));
    }
    return myo_why_set(why, a->is_device ? MYO_ERR_READ : MYO_ERR_FORMAT,
                       a->is_device ? "the device gives no more frames: its reader %s"
                                    : "its reader broke on it (%s); the file is damaged or hostile",
                       reason != NULL ? reason : "ended without a word");
}

/* Waits for the child's word. */
static myo_status answer_take(apart *a, myo_why *why)
{
    double started_s = cpu_s(a->child), waited_s = 0.0;
    while (a->child > 0) {
        char word = 0;
        struct pollfd answer = {.fd = a->link, .events = POLLIN};
        int ready = poll(&answer, 1, LOOK_MS);
        if (ready > 0) {
            return read(a->link, &word, 1) == 1 ? MYO_OK : child_end(a, NULL, why);
        }
        waited_s += ready == 0 ? 1e-3 * LOOK_MS : 0.0;
        if (cpu_s(a->child) - started_s > a->cpu_limit_s) {
            return child_end(a, "computed too long", why);
        }
        if (waited_s > a->silence_s) {
            return child_end(a, a->is_device ? "waited in vain" : "said nothing for a minute", why);
        }
    }
    return myo_why_set(why, MYO_ERR_READ, "its reader has ended");
}

static void text_end(char *text, size_t size)
{
    text[size - 1] = '\0';
}

static myo_status refusal_take(const apart *a, myo_why *why)
{
    unsigned status = (unsigned)a->share->status;
    *why = a->share->why;
    text_end(why->text, sizeof why->text);
    return status < MYO_STATUS_COUNT ? (myo_status)status : MYO_ERR_FORMAT;
}

static bool is_scale(double value)
{
    return isfinite(value) && value >= 0.0;
}

static bool regions_believable(const myo_cine_info *info)
{
    for (size_t r = 0; r < info->regions; r++) {
        const myo_cine_region *region = &info->region[r];
        myo_cine_rect rect = region->rect;
        if (region->kind > MYO_CINE_REGION_TRACE || rect.x >= info->width ||
            rect.y >= info->height || rect.width > info->width - rect.x ||
            rect.height > info->height - rect.y || !is_scale(region->mm_per_px_x) ||
            !is_scale(region->mm_per_px_y)) {
            return false;
        }
    }
    return true;
}

/* A broken child may write anything: nothing of it may lead the program astray. */
static bool info_believable(myo_cine_info *info)
{
    myo_why why;
    text_end(info->format, sizeof info->format);
    text_end(info->note, sizeof info->note);
    return myo_cine_size_check(info->width, info->height, &why) == MYO_OK &&
           info->kind <= MYO_CINE_RF && info->clock <= MYO_CINE_TIME_ARRIVAL &&
           info->frames >= -1 && is_scale(info->mm_per_px_x) && is_scale(info->mm_per_px_y) &&
           is_scale(info->full_scale) && is_scale(info->carrier_hz) &&
           is_scale(info->depth_rate_hz) && info->regions <= MYO_CINE_MAX_REGIONS &&
           regions_believable(info);
}

static void apart_close(myo_cine_reader *reader)
{
    apart *a = reader->state;
    if (a->link >= 0) {
        (void)close(a->link);
    }
    if (a->child > 0) {
        (void)kill(a->child, SIGKILL);
        (void)waitpid(a->child, NULL, 0);
    }
    if (a->share != MAP_FAILED) {
        (void)munmap(a->share, sizeof *a->share);
    }
    free(a);
    reader->state = NULL;
}

static myo_status child_start(apart *a, const myo_cine_class *kind, myo_bytes *bytes,
                              const char *path, const myo_cine_options *options, myo_why *why)
{
    int ends[2] = {-1, -1};
    bool good = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0;
    pid_t child = good ? fork() : -1;
    if (child == 0) {
        files_leave(ends[1], bytes);
        child_run(kind, a->share, bytes, path, options);
    }
    a->link = ends[0];
    a->child = child > 0 ? child : 0;
    if (good) {
        (void)close(ends[1]);
    }
    return child > 0
               ? MYO_OK
               : myo_why_set(why, MYO_ERR_OPEN, "no process for its reader: %s", strerror(errno));
}

static myo_status opened_take(apart *a, myo_cine_info *info, myo_why *why)
{
    myo_status status = answer_take(a, why);
    if (status != MYO_OK) {
        return status;
    }
    if (a->share->status != MYO_OK) {
        return refusal_take(a, why);
    }
    *info = a->share->info;
    return info_believable(info) ? MYO_OK : child_end(a, "described what cannot be", why);
}

/* A confined process cannot load libraries any more; what is loaded before is found by its name, and for
 * the next recordings, too. That they are not installed is said when they are needed. */
static void libraries_load(const myo_cine_class *kind)
{
    myo_av av;
    myo_why why;
    if (kind == &myo_cine_video || kind == &myo_cine_dicom) {
        (void)myo_av_load(&av, &why);
    }
    if (kind == &myo_cine_device && myo_av_load(&av, &why) == MYO_OK) {
        (void)myo_av_load_devices(&why);
    }
}

myo_status myo_apart_open(const myo_cine_class *kind, myo_cine_reader *reader, myo_bytes *bytes,
                          const char *path, const myo_cine_options *options, myo_why *why)
{
    apart *a = calloc(1, sizeof *a);
    if (a == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    libraries_load(kind);
    reader->state = a;
    a->link = -1;
    a->is_device = kind == &myo_cine_device;
    a->silence_s = !a->is_device               ? silence_s
                   : options->patience_s > 0.0 ? options->patience_s
                                               : device_silence_s;
    a->cpu_limit_s = answer_cpu_s + (double)(bytes->size > 0 ? bytes->size : 0) / slowest_bytes_s;
    a->share = mmap(NULL, sizeof *a->share, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    myo_status status = a->share == MAP_FAILED
                            ? myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory")
                            : child_start(a, kind, bytes, path, options, why);
    if (status == MYO_OK) {
        status = opened_take(a, &reader->info, why);
    }
    if (status != MYO_OK) {
        apart_close(reader);
    }
    return status;
}

static myo_status apart_next(myo_cine_reader *reader, myo_cine_frame *frame, bool *got,
                             myo_why *why)
{
    apart *a = reader->state;
    const myo_cine_info *info = &reader->info;
    *got = false;
    if (a->child > 0 && send(a->link, "", 1, MSG_NOSIGNAL) != 1) {
        return child_end(a, NULL, why);
    }
    myo_status status = answer_take(a, why);
    if (status != MYO_OK) {
        return status;
    }
    if (a->share->status != MYO_OK) {
        return refusal_take(a, why);
    }
    *got = a->share->got != 0;
    *frame = (myo_cine_frame){.gray = info->is_float ? NULL : (const uint8_t *)a->share->samples,
                              .values = info->is_float ? a->share->samples : NULL,
                              .stride = info->width,
                              .time_s = a->share->time_s,
                              .sequence = a->share->sequence};
    return MYO_OK;
}

const myo_cine_class myo_cine_apart = {NULL, NULL, apart_next, apart_close};
