/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shared ring: a page of control words, then slots.
 *
 * `head` and `tail` count slots since the start and never wrap in practice (2^64). The producer fills a
 * slot and stores head with release order; the consumer's acquire load of head makes the slot's
 * content visible to it. The consumer stores tail with release order when it is done with a
 * slot; the producer's acquire load of tail says that the slot may be filled again. The same pair of
 * orders on `state` covers shape and text. Each word has one writer. */
#include "live/ring.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const double slot_s = 0.004;
static const double held_s = 4.0;
enum {
    MAGIC = 0x4d594f31,
    PAGE = 4096,
    LINE = 64,
    SLOT_FRAMES = 64,
    SLOTS_LEAST = 1024,
    SLOTS_MOST = 1 << 20
};

typedef struct {
    int64_t first, stamp_ns;
    double adc_s;
    uint32_t frames, flags;
    char pad[LINE - 32];
    float samples[];
} shared_slot;

typedef struct {
    uint32_t magic;
    myo_ring_about about;
    uint32_t slot_frames;
    uint64_t slots, slot_bytes;
    char text[256];
    _Alignas(LINE) atomic_uint state; /* producer's */
    _Atomic int64_t beat_ns;
    _Alignas(LINE) atomic_uint order;     /* consumer's */
    _Alignas(LINE) _Atomic uint64_t head; /* producer's */
    _Alignas(LINE) _Atomic uint64_t tail; /* consumer's */
} shared_head;

_Static_assert(sizeof(shared_head) <= PAGE, "the control words fit their page");
_Static_assert(sizeof(shared_slot) == LINE, "samples are aligned");

struct myo_ring {
    int fd;
    shared_head *shared;
    char *slots; /* NULL before it has a shape */
    /* Copies that the other side cannot change any more. */
    myo_ring_about about;
    uint32_t slot_frames;
    uint64_t slot_count, slot_bytes;
    int64_t brought; /* producer: frames so far */
};

static shared_slot *slot_at(const myo_ring *self, uint64_t number)
{
    return (shared_slot *)(void *)(self->slots + number % self->slot_count * self->slot_bytes);
}

static myo_status map_head(myo_ring *self)
{
    void *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, self->fd, 0);
    self->shared = memory == MAP_FAILED ? NULL : memory;
    return self->shared == NULL ? MYO_ERR_NO_MEMORY : MYO_OK;
}

static myo_status map_slots(myo_ring *self)
{
    const size_t size = self->slot_count * self->slot_bytes;
    void *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, self->fd, PAGE);
    self->slots = memory == MAP_FAILED ? NULL : memory;
    return self->slots == NULL ? MYO_ERR_NO_MEMORY : MYO_OK;
}

static myo_status take(int fd, myo_ring **ring)
{
    myo_ring *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return MYO_ERR_NO_MEMORY;
    }
    self->fd = fd;
    if (map_head(self) != MYO_OK) {
        free(self);
        return MYO_ERR_NO_MEMORY;
    }
    *ring = self;
    return MYO_OK;
}

myo_status myo_ring_new(myo_ring **ring)
{
    const int fd = memfd_create("myotwitch-ring", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, PAGE) != 0 || take(fd, ring) != MYO_OK) {
        if (fd >= 0) {
            (void)close(fd);
        }
        return MYO_ERR_NO_MEMORY;
    }
    (*ring)->shared->magic = MAGIC;
    return MYO_OK;
}

int myo_ring_fd(const myo_ring *self)
{
    return self->fd;
}

myo_status myo_ring_join(int fd, myo_ring **ring)
{
    struct stat file;
    if (fstat(fd, &file) != 0 || file.st_size < PAGE || take(fd, ring) != MYO_OK) {
        return MYO_ERR_OPEN;
    }
    if ((*ring)->shared->magic != MAGIC) {
        (void)munmap((*ring)->shared, PAGE);
        free(*ring);
        *ring = NULL;
        return MYO_ERR_OPEN;
    }
    return MYO_OK;
}

myo_status myo_ring_shape(myo_ring *self, const myo_ring_about *about)
{
    if (!(about->rate_hz >= MYO_SOURCE_MIN_RATE_HZ && about->rate_hz <= MYO_SOURCE_MAX_RATE_HZ) ||
        about->channels == 0 || about->channels > MYO_MAX_CHANNELS) {
        return MYO_ERR_BAD_ARG;
    }
    const double frames = about->rate_hz * slot_s;
    self->about = *about;
    self->slot_frames = frames < 1.0 ? 1 : frames > SLOT_FRAMES ? SLOT_FRAMES : (uint32_t)frames;
    self->slot_count = SLOTS_LEAST;
    while ((double)(self->slot_count * self->slot_frames) < held_s * about->rate_hz) {
        self->slot_count *= 2;
    }
    const size_t bytes =
        sizeof(shared_slot) + (size_t)self->slot_frames * about->channels * sizeof(float);
    self->slot_bytes = (bytes + LINE - 1) / LINE * LINE;
    if (ftruncate(self->fd, (off_t)(PAGE + self->slot_count * self->slot_bytes)) != 0 ||
        map_slots(self) != MYO_OK) {
        return MYO_ERR_NO_MEMORY;
    }
    self->shared->about = *about;
    self->shared->slot_frames = self->slot_frames;
    self->shared->slots = self->slot_count;
    self->shared->slot_bytes = self->slot_bytes;
    atomic_store_explicit(&self->shared->state, MYO_CAPTURE_OPEN, memory_order_release);
    return MYO_OK;
}

/* The other process may be broken: nothing that it says may lead outside the memory. */
static bool shape_is_sound(const myo_ring *self)
{
    struct stat file;
    const uint64_t least =
        sizeof(shared_slot) + (uint64_t)self->slot_frames * self->about.channels * sizeof(float);
    return self->shared->magic == MAGIC && self->about.channels >= 1 &&
           self->about.channels <= MYO_MAX_CHANNELS &&
           self->about.rate_hz >= MYO_SOURCE_MIN_RATE_HZ &&
           self->about.rate_hz <= MYO_SOURCE_MAX_RATE_HZ && self->slot_frames >= 1 &&
           self->slot_frames <= SLOT_FRAMES && self->slot_count >= SLOTS_LEAST &&
           self->slot_count <= SLOTS_MOST && self->slot_bytes >= least &&
           self->slot_bytes < 2 * least + LINE && self->slot_bytes % LINE == 0 &&
           fstat(self->fd, &file) == 0 &&
           (uint64_t)file.st_size >= PAGE + self->slot_count * self->slot_bytes;
}

myo_status myo_ring_meet(myo_ring *self)
{
    if (myo_ring_state(self) == MYO_CAPTURE_STARTING) {
        return MYO_ERR_FORMAT;
    }
    self->about = self->shared->about;
    self->about.device[sizeof self->about.device - 1] = '\0';
    self->about.api[sizeof self->about.api - 1] = '\0';
    self->slot_frames = self->shared->slot_frames;
    self->slot_count = self->shared->slots;
    self->slot_bytes = self->shared->slot_bytes;
    return shape_is_sound(self) ? map_slots(self) : MYO_ERR_FORMAT;
}

void myo_ring_free(myo_ring *self)
{
    if (self == NULL) {
        return;
    }
    if (self->slots != NULL) {
        (void)munmap(self->slots, self->slot_count * self->slot_bytes);
    }
    (void)munmap(self->shared, PAGE);
    (void)close(self->fd);
    free(self);
}

const myo_ring_about *myo_ring_about_get(const myo_ring *self)
{
    return &self->about;
}

uint32_t myo_ring_slot_frames(const myo_ring *self)
{
    return self->slot_frames;
}

/* --- the capture process ------------------------------------------------------------------- */

static void fill(const myo_ring *self, shared_slot *slot, const float *samples, size_t frames)
{
    const size_t bytes = frames * self->about.channels * sizeof *samples;
    if (samples == NULL) {
        memset(slot->samples, 0, bytes);
    } else {
        memcpy(slot->samples, samples, bytes);
    }
}

size_t myo_ring_write(myo_ring *self, const float *samples, size_t frames, uint32_t flags,
                      int64_t stamp_ns, double adc_s)
{
    uint64_t head = atomic_load_explicit(&self->shared->head, memory_order_relaxed);
    /* Partner: release store of tail in myo_ring_release. */
    const uint64_t tail = atomic_load_explicit(&self->shared->tail, memory_order_acquire);
    size_t done = 0;
    while (done < frames && head - tail < self->slot_count) {
        const size_t left = frames - done;
        const size_t part = left < self->slot_frames ? left : self->slot_frames;
        shared_slot *slot = slot_at(self, head);
        fill(self, slot, samples == NULL ? NULL : samples + done * self->about.channels, part);
        slot->first = self->brought + (int64_t)done;
        slot->stamp_ns = stamp_ns;
        slot->adc_s = adc_s + (double)done / self->about.rate_hz;
        slot->frames = (uint32_t)part;
        slot->flags = (part == left ? flags | MYO_SLOT_LAST : flags);
        done += part;
        /* Partner: acquire load of head in myo_ring_peek. */
        atomic_store_explicit(&self->shared->head, ++head, memory_order_release);
    }
    self->brought += (int64_t)frames;
    return done;
}

size_t myo_ring_room(const myo_ring *self)
{
    const uint64_t used = atomic_load_explicit(&self->shared->head, memory_order_relaxed) -
                          atomic_load_explicit(&self->shared->tail, memory_order_acquire);
    return (size_t)(self->slot_count - used) * self->slot_frames;
}

void myo_ring_say(myo_ring *self, myo_capture_state state, const char *text)
{
    if (text != NULL) {
        strncpy(self->shared->text, text, sizeof self->shared->text - 1);
    }
    /* Partner: acquire load in myo_ring_state. */
    atomic_store_explicit(&self->shared->state, state, memory_order_release);
}

void myo_ring_beat(myo_ring *self, int64_t now_ns)
{
    atomic_store_explicit(&self->shared->beat_ns, now_ns, memory_order_relaxed);
}

myo_capture_order myo_ring_order(const myo_ring *self)
{
    return (myo_capture_order)atomic_load_explicit(&self->shared->order, memory_order_acquire);
}

/* --- the program --------------------------------------------------------------------------- */

bool myo_ring_peek(const myo_ring *self, size_t ahead, myo_slot *slot)
{
    const uint64_t number = atomic_load_explicit(&self->shared->tail, memory_order_relaxed) + ahead;
    /* Partner: release store of head in myo_ring_write. */
    const uint64_t head = atomic_load_explicit(&self->shared->head, memory_order_acquire);
    if (number >= head) {
        return false;
    }
    const shared_slot *shared = slot_at(self, number);
    *slot = (myo_slot){.first = shared->first,
                       .stamp_ns = shared->stamp_ns,
                       .adc_s = shared->adc_s,
                       .frames = shared->frames,
                       .flags = shared->flags,
                       .samples = shared->samples};
    if (slot->frames > self->slot_frames) {
        slot->frames = self->slot_frames;
    }
    return true;
}

void myo_ring_release(myo_ring *self)
{
    const uint64_t tail = atomic_load_explicit(&self->shared->tail, memory_order_relaxed);
    /* Partner: acquire load of tail in myo_ring_write. */
    atomic_store_explicit(&self->shared->tail, tail + 1, memory_order_release);
}

myo_capture_state myo_ring_state(const myo_ring *self)
{
    return (myo_capture_state)atomic_load_explicit(&self->shared->state, memory_order_acquire);
}

void myo_ring_text(const myo_ring *self, myo_why *why)
{
    char text[sizeof self->shared->text];
    memcpy(text, self->shared->text, sizeof text);
    text[sizeof text - 1] = '\0';
    (void)myo_why_set(why, MYO_OK, "%s", text);
}

int64_t myo_ring_last_beat(const myo_ring *self)
{
    return atomic_load_explicit(&self->shared->beat_ns, memory_order_relaxed);
}

void myo_ring_command(myo_ring *self, myo_capture_order order)
{
    atomic_store_explicit(&self->shared->order, order, memory_order_release);
}
