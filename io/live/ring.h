/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ring of slots in shared memory: the capture process writes, the program reads; nobody waits.
 *
 * One producer, one consumer, each in a process of its own. The program makes a memory file with
 * myo_ring_new and hands its descriptor to the capture process; that one opens the device, lays the ring
 * out with myo_ring_shape, and says so; then the program calls myo_ring_meet. A slot holds what one
 * call of the device brought, or a part of it: at most 4 ms and at most 64 frames.
 */
#ifndef MYO_IO_LIVE_RING_H
#define MYO_IO_LIVE_RING_H

#include "signal/why.h"

/** What the capture process has done. */
typedef enum {
    MYO_CAPTURE_STARTING,
    MYO_CAPTURE_OPEN,    /**< the device is open, the ring has its shape */
    MYO_CAPTURE_RUNNING, /**< frames come */
    MYO_CAPTURE_ENDED,   /**< a replayed file is at its end; all of it is in the ring */
    MYO_CAPTURE_DAMAGED, /**< the same, but the file is cut off or damaged: text */
    MYO_CAPTURE_FAILED   /**< could not open or go on: text */
} myo_capture_state;

/** What the program wants of it. */
typedef enum { MYO_CAPTURE_WAIT, MYO_CAPTURE_GO, MYO_CAPTURE_STOP } myo_capture_order;

/** What the capture process knows of its device. */
typedef struct {
    double rate_hz;
    uint32_t channels;        /**< in the ring */
    uint32_t device_channels; /**< that the device has */
    double latency_s;         /**< as the device says; may be nonsense */
    char device[128], api[64];
} myo_ring_about;

/** Bits of myo_slot.flags. */
enum {
    MYO_SLOT_LAST = 1u << 0, /**< the last slot of one call of the device: its stamp tells when the
                                    slot's last frame was there */
    MYO_SLOT_SUSPECT = 1u << 1 /**< the device said that something was lost, which may be untrue */
};

typedef struct {
    int64_t first;    /**< frames that the device brought before it, frames without room too */
    int64_t stamp_ns; /**< CLOCK_MONOTONIC_RAW when the device brought it */
    double adc_s;     /**< of its first frame by the device's own clock; epoch differs by device */
    uint32_t frames;
    uint32_t flags;
    const float *samples; /**< interleaved; valid until the slot is released */
} myo_slot;

typedef struct myo_ring myo_ring;

/** Memory without a shape. MYO_ERR_NO_MEMORY. */
myo_status myo_ring_new(myo_ring **ring);
/** Descriptor of the memory, for the other process; owned by the ring. */
int myo_ring_fd(const myo_ring *ring);
/** Takes part in a ring through its descriptor, which the ring then owns. MYO_ERR_OPEN. */
myo_status myo_ring_join(int fd, myo_ring **ring);
/** Lays the ring out for 4 s at least and says MYO_CAPTURE_OPEN. The producer's, once. */
myo_status myo_ring_shape(myo_ring *ring, const myo_ring_about *about);
/** Maps what the producer laid out. The consumer's, once the state is MYO_CAPTURE_OPEN or later.
 *  MYO_ERR_FORMAT when the memory is not a ring of this program. */
myo_status myo_ring_meet(myo_ring *ring);
void myo_ring_free(myo_ring *ring);

/** After shape or meet. */
const myo_ring_about *myo_ring_about_get(const myo_ring *ring);
uint32_t myo_ring_slot_frames(const myo_ring *ring);

/* --- the capture process ------------------------------------------------------------------- */

/** Copies @p frames interleaved frames that came together; NULL = zeros. Frames for which there is no
 *  room are lost: the next slot's `first` tells. Returns how many were taken. */
MYO_RT size_t myo_ring_write(myo_ring *ring, const float *samples, size_t frames, uint32_t flags,
                             int64_t stamp_ns, double adc_s);
/** Frames for which there is room now. */
MYO_RT size_t myo_ring_room(const myo_ring *ring);
/** Says how it stands; @p text (NULL = "") comes with a failure. */
void myo_ring_say(myo_ring *ring, myo_capture_state state, const char *text);
/** "I am alive, and the device says that it runs." */
void myo_ring_beat(myo_ring *ring, int64_t now_ns);
myo_capture_order myo_ring_order(const myo_ring *ring);

/* --- the program --------------------------------------------------------------------------- */

/** Looks at the slot that is @p ahead slots behind the next one; false when it is not there yet. */
MYO_RT bool myo_ring_peek(const myo_ring *ring, size_t ahead, myo_slot *slot);
/** Gives the next slot back. */
MYO_RT void myo_ring_release(myo_ring *ring);
myo_capture_state myo_ring_state(const myo_ring *ring);
/** The text that came with the state. */
void myo_ring_text(const myo_ring *ring, myo_why *why);
/** Time of the last sign of life, 0 = none yet. */
int64_t myo_ring_last_beat(const myo_ring *ring);
void myo_ring_command(myo_ring *ring, myo_capture_order order);

#endif
