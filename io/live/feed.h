/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lossy queue from the desk's thread, the only producer, to one reader's thread.
 *
 * A reader that is slow loses the oldest trace, meter and spectrum messages (traces are counted)
 * and all but the newest state; never events, marks, gaps, answers on rest, warnings or the end. The
 * producer never waits for the reader.
 *
 * @code
 * struct pollfd wait = {.fd = myo_feed_fd(feed), .events = POLLIN};
 * while (poll(&wait, 1, -1) >= 0) {
 *     while (myo_feed_next(feed, &message)) use(&message);
 * }
 * @endcode
 */
#ifndef MYO_IO_LIVE_FEED_H
#define MYO_IO_LIVE_FEED_H

#include "myotwitch/event.h"
#include "myotwitch/status.h"

typedef enum {
    MYO_FEED_TRACE,
    MYO_FEED_EVENT,
    MYO_FEED_MARK,
    MYO_FEED_GAP,
    MYO_FEED_STATE,
    MYO_FEED_METER,
    MYO_FEED_SPECTRUM,
    MYO_FEED_RELAX,
    MYO_FEED_GUIDE,
    MYO_FEED_WARNING,
    MYO_FEED_END
} myo_feed_kind;

/** What is known before the first message. */
typedef struct {
    double rate_hz;
    uint32_t channels;
    char name[MYO_MAX_CHANNELS][32];           /**< "" = none */
    uint32_t channel_number[MYO_MAX_CHANNELS]; /**< number at the device or in the file, from 0 */
    double full_scale_uv;                      /**< uV of a sample of 1.0; 0 = not known */
    double detect_low_hz, detect_high_hz, measure_low_hz, measure_high_hz;
    bool replay;         /**< of a file, not of a device */
    char device[64];     /**< its name, or the name of the file that is replayed */
    char recording[256]; /**< name of the file that is written; "" = none */
} myo_feed_head;

/** Up to 4 ms of samples. Where frames were lost the next trace starts later. */
typedef struct {
    int64_t start; /**< first frame */
    uint32_t frames, channels;
    float *samples; /**< interleaved; valid until the next call of myo_feed_next */
} myo_feed_trace;

enum {
    MYO_FEED_SATURATED = 1u << 0,
    MYO_FEED_LEAD_OFF = 1u << 1,
    MYO_FEED_ARMED = 1u << 2,
    MYO_FEED_HUM = 1u << 3,
    MYO_FEED_ZERO = 1u << 4, /**< nothing but exact zeros for a second */
    MYO_FEED_BLANKED = 1u << 5,
    MYO_FEED_ACTIVE = 1u << 6 /**< the detector has a burst open */
};

/** One channel, every 50 ms; amplitudes in the unit of the samples, RMS where not said. */
typedef struct {
    int64_t frame; /**< last one seen */
    uint32_t channel;
    float rms;        /**< of the last 50 ms as recorded, mean taken off */
    float envelope;   /**< largest of myo_meter.envelope in the 50 ms */
    float threshold;  /**< a burst opens where the envelope is above it; 0 = not armed */
    float floor;      /**< noise in the detect band; 0 = not armed */
    float peak_250ms; /**< largest magnitude of the last 250 ms, mean taken off */
    float hum_hz;     /**< 0 = none worth taking away */
    float hum_rms;
    uint32_t flags; /**< MYO_FEED_SATURATED ... */
} myo_feed_meter;

typedef struct {
    int64_t frame;
    char kind[16]; /**< "mark", "note", "phase", "insertion", "recording", "ultrasound" */
    char label[128];
    uint64_t id;  /**< rising by one */
    bool undone;  /**< the mark of that id was taken back; again with false: redone */
    bool machine; /**< the program's own word: no person said it, and none takes it back */
} myo_feed_mark;

/** A mark in one text, as it stands in event lines, streams and session files: "phase: needle", "note: ...",
 *  the bare label of a mark of the recording or of a person; behind MYO_MARK_UNDONE when it was taken
 *  back. Cut to @p size, which is at least 1. */
void myo_feed_mark_text(const myo_feed_mark *mark, char *text, size_t size);

/** The device lost frames. */
typedef struct {
    int64_t frame, frames; /**< frames [frame, frame + frames) are missing */
    char why[64];
} myo_feed_gap;

/** Twice a second, and at once when something in it changed by command. */
typedef struct {
    int64_t frame;   /**< frames so far, gaps included */
    int64_t settled; /**< every confirmed event to come begins at or after this frame */
    uint64_t twitches, twitches_insertion; /**< confirmed local twitch responses */
    int insertion;                         /**< number of the present insertion, 0 = none yet */
    char phase[32];
    bool recording, muted;
    double gain_db;           /**< of the loudspeaker */
    uint32_t heard_channel;   /**< what is on the loudspeaker */
    double recorded_s;        /**< on disk */
    double disk_left_s;       /**< until it is full at this rate; negative = not known */
    double block_ms;          /**< of the device */
    double device_latency_ms; /**< as the device says, 0 = not known */
    double detector_p95_ms;   /**< onset to first word of the twitches so far, 0 = none yet */
    uint64_t lost_frames;     /**< by the device, told as gaps */
    uint64_t trace_dropped;   /**< trace messages that this reader lost */
    char device[64];
} myo_feed_state;

/** Spectrum of one channel over half a second, its channels one after the other. */
typedef struct {
    int64_t frame; /**< centre of its window */
    uint32_t channel;
    uint32_t bins;   /**< up to 500 Hz */
    float bin_hz;    /**< distance of two bins; the first is at 0 Hz */
    float mnf, mdf;  /**< mean and median frequency, Hz */
    bool valid;      /**< mnf and mdf hold: enough signal over noise */
    const float *db; /**< dB re 1 unit^2/Hz; valid until the next call of myo_feed_next */
} myo_feed_spectrum;

typedef enum {
    MYO_FEED_REST_NONE,     /**< no baseline yet */
    MYO_FEED_REST_BASELINE, /**< being taken */
    MYO_FEED_REST_HOLD,     /**< compression: waiting for the release */
    MYO_FEED_REST_RELEASED, /**< the muscle let go at release_frame, hold still on */
    MYO_FEED_REST_AFTER,    /**< level against the baseline */
    MYO_FEED_REST_READY     /**< a baseline is known, nothing is being compared */
} myo_feed_rest;

/** Resting activity of one channel against its baseline. */
typedef struct {
    int64_t frame;
    uint32_t channel;
    myo_feed_rest state;
    double ratio, low, high; /**< of RMS over the baseline's, with a 95 % interval; NAN = unknown */
    int64_t release_frame;   /**< -1 = none */
    double level;            /**< RMS of the last second, quiet part, unit of the samples */
} myo_feed_relax;

/** What a rule of the technique model says. */
typedef struct {
    int severity; /**< myo_severity */
    char rule[8];
    char text[120];
} myo_feed_word;

enum { MYO_FEED_WORDS = 3 };

/** The step that people marked, and what the technique model says of it; told when it changes. */
typedef struct {
    int64_t since;          /**< frame at which the step began; -1 = none goes on */
    char step[16];          /**< its kind; "" = none */
    double least_s, most_s; /**< the model's band for how long; NAN = it has none */
    uint32_t words;
    myo_feed_word word[MYO_FEED_WORDS]; /**< severest first; a stop stands whatever step goes on */
} myo_feed_guide;

typedef enum {
    MYO_WARN_CLIPPING,
    MYO_WARN_HUM,
    MYO_WARN_LEAD_OFF,
    MYO_WARN_ROLL_OFF, /**< nothing below 20 Hz: what sound cards do */
    MYO_WARN_AGC,      /**< the noise floor follows the signal down: automatic gain */
    MYO_WARN_PHANTOM,  /**< a microphone input may feed 48 V into the electrodes */
    MYO_WARN_ZERO,
    MYO_WARN_DISK,
    MYO_WARN_DEVICE,
    MYO_WARN_OTHER
} myo_feed_warn;

typedef struct {
    int64_t frame;
    myo_feed_warn kind;
    uint32_t channel; /**< MYO_ALL_CHANNELS where none is meant */
    char text[192];
} myo_feed_warning;

/** The last message. */
typedef struct {
    int64_t frames;
    bool lost;      /**< the device was lost */
    char text[192]; /**< why it ended; "" = it was asked to */
} myo_feed_end;

typedef struct {
    myo_feed_kind kind;
    uint64_t number; /**< rising by one with every message that was pushed */
    union {
        myo_feed_trace trace;
        myo_event event;
        myo_feed_mark mark;
        myo_feed_gap gap;
        myo_feed_state state;
        myo_feed_meter meter;
        myo_feed_spectrum spectrum;
        myo_feed_relax relax;
        myo_feed_guide guide;
        myo_feed_warning warning;
        myo_feed_end end;
    };
} myo_feed_message;

typedef struct myo_feed myo_feed;

/** Keeps two seconds of traces. MYO_ERR_NO_MEMORY, MYO_ERR_BAD_ARG. */
myo_status myo_feed_new(const myo_feed_head *head, myo_feed **feed);

/** After both sides are done with it. */
void myo_feed_free(myo_feed *feed);

/* --- reader's thread ----------------------------------------------------------------------- */

/** Takes out the next message in the order in which they were pushed; false when there is none. */
bool myo_feed_next(myo_feed *feed, myo_feed_message *message);

/** A descriptor to poll for reading: readable when something may wait. myo_feed_next resets it
 *  when it returns false. Owned by the feed. */
int myo_feed_fd(const myo_feed *feed);

/** As given to myo_feed_new. Any thread. */
const myo_feed_head *myo_feed_head_get(const myo_feed *feed);

/* --- desk's thread ------------------------------------------------------------------------- */

/** Copies the message, and the samples or bins that it points to. Returns false when it was a
 *  message that may not be lost and there was no memory for it, or when 65536 of these wait. */
bool myo_feed_push(myo_feed *feed, const myo_feed_message *message);

/** Wakes the reader; once for all messages of a block. */
void myo_feed_wake(myo_feed *feed);

/** Trace messages that this reader lost so far. */
uint64_t myo_feed_dropped(const myo_feed *feed);

#endif
