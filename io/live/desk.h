/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The desk: takes frames from a device or a file that is replayed, finds what was lost, detects, and
 * hands everything on - to the recorder, to the readers of its feeds, to whoever gives commands.
 *
 * @code
 * myo_desk *desk = NULL;
 * if (myo_desk_new(&options, &desk, &why) != MYO_OK) return;   (the device is open, not running)
 * myo_config_default(&config, info->rate_hz, info->channels);  (info = myo_desk_info_get(desk))
 * myo_desk_configure(desk, &config, &why);
 * myo_desk_record(desk, recorder);                             (if there is one)
 * myo_desk_attach(desk, &feed);                                (one per reader)
 * myo_desk_start(desk, &why);
 * ... readers read their feeds until MYO_FEED_END, anyone calls myo_desk_command ...
 * myo_desk_stop(desk);                                         (or it ends by itself)
 * myo_desk_join(desk, &end);
 * myo_desk_free(desk);
 * @endcode
 *
 * Capture and replay run in a process of their own, which is this program started with a hidden
 * command; only a ring in shared memory connects them (ring.h). Where not said otherwise calls
 * belong to the thread that made the desk, and that thread must outlive the capture process: the
 * kernel ends it with its parent.
 */
#ifndef MYO_IO_LIVE_DESK_H
#define MYO_IO_LIVE_DESK_H

#include "export/sink.h"
#include "live/feed.h"
#include "signal/source.h"

#include "myotwitch/pipeline.h"

typedef struct myo_recorder myo_recorder; /* record/recorder.h */

/** Zero-initialise. Strings are borrowed until myo_desk_free. */
typedef struct {
    const char *program; /**< what to start as the capture process; NULL = this program */

    /* A device ... */
    const char *device;   /**< its number, or part of "API: name"; NULL = the default one */
    double rate_hz;       /**< 0 = the device's own */
    const char *channels; /**< list for myo_channel_list; NULL = all, 32 at most */
    double full_scale_uv; /**< uV of a sample of 1.0; 0 = not known */
    double block_s;       /**< asked of the device; 0 = 4 ms */
    bool unpaced;         /**< the device does not run in real time (JACK freewheel): what was
                               lost cannot be found from time */
    bool allow_silence;   /**< exact zeros on all channels do not end the session */

    /* ... or a file that is replayed as one. */
    const char *replay;  /**< NULL = a device */
    double speed;        /**< times real time, 0.1 to 1000; 0 = as fast as it goes */
    const char *dataset; /**< as in myo_source_options */
    bool channels_first;

    bool record_on_twitch; /**< a recorder with look-back is released by the first twitch, too */

    double duration_s; /**< ends by itself after so much signal; 0 = when asked */
} myo_desk_options;

/** Times of the way from sound to decision, each apart. */
typedef struct {
    double device_ms;  /**< from the electrode to the end of the device's block, as the device
                           says; 0 = it does not say, or says nonsense */
    double period_ms;  /**< length of the device's blocks: a frame waits up to that long */
    double wait_ms[3]; /**< from the capture process's stamp to the engine's answer: median, 95 %,
                            largest */
    double compute_us
        [4];        /**< the engine's work for one block, CPU time: median, 95 %, 99 %, largest */
    int64_t blocks; /**< that the two rest on */
    double
        detect_ms[2]; /**< from a twitch's onset to the frame of its first report: median, 95 % */
    int64_t twitches; /**< that it rests on */
    double detect_18db_ms[2]; /**< the same for twitches of 18 dB and more */
    int64_t twitches_18db;
} myo_desk_latency;

/** How it ended. */
typedef struct {
    bool lost;           /**< the device was lost */
    bool damaged;        /**< the replayed file is cut off or damaged */
    myo_why why;         /**< "" = it was asked to end, or the file was at its end */
    int64_t frames;      /**< gaps included */
    int64_t lost_frames; /**< in gaps */
    int64_t gaps;
    myo_why record_why;    /**< why the recording ended before the session, or "" */
    myo_session_tail tail; /**< channels is valid until myo_desk_free */
    myo_desk_latency latency;
} myo_desk_end;

typedef struct myo_desk myo_desk;

/** Starts the capture process and waits until it has opened the device, 10 s at most. MYO_ERR_OPEN
 *  for a device or file that cannot be opened; @p why says what there is. */
myo_status myo_desk_new(const myo_desk_options *options, myo_desk **desk, myo_why *why);

/** Rate, channels, names, rails; of a replayed file all that it says of itself. Valid until free. */
const myo_source_info *myo_desk_info_get(const myo_desk *desk);

/** Name of the device or of the file without its directory; valid until free. */
const char *myo_desk_name(const myo_desk *desk);

/** Sets the detector up; @p config must be for the rate and channels of the info. Once. */
myo_status myo_desk_configure(myo_desk *desk, const myo_config *config, myo_why *why);

/** Records everything from the first frame on; the desk closes and frees it in myo_desk_join.
 *  @p path: its name, for the readers. Before start. */
void myo_desk_record(myo_desk *desk, myo_recorder *recorder, const char *path);

/** A feed for one more reader, MYO_DESK_FEEDS at most. The desk owns it. After configure, before
 *  start. */
enum { MYO_DESK_FEEDS = 8 };
myo_status myo_desk_attach(myo_desk *desk, myo_feed **feed);

/** Starts the device and the desk's thread. */
myo_status myo_desk_start(myo_desk *desk, myo_why *why);

/** Asks it to end; the feeds get their end soon after. Any thread, and signal handlers. */
void myo_desk_stop(myo_desk *desk);

/** Waits for the end. The capture process is gone afterwards whatever the device does. */
void myo_desk_join(myo_desk *desk, myo_desk_end *end);

/** Stops, joins, frees; feeds too: their readers must be done. NULL is fine. */
void myo_desk_free(myo_desk *desk);

/** One line of the command language in, one line out without its end: "ok ...", "error: ..." or JSON. Returns
 *  the length of the reply, cut to @p size. Any thread; never waits for the device or the disk.
 *
 *  mark LABEL | note TEXT | phase NAME | insertion [next] | undo | redo
 *  baseline | hold | after | end          what rests on purpose, for the relaxation
 *  mute | unmute | gain DB | channel N    the loudspeaker (N as in the info, from 0)
 *  record                                 begins a recording that waits, with its look-back
 *  status | latency                       one JSON object
 *  stop yes                               ends the session */
size_t myo_desk_command(myo_desk *desk, const char *line, char *reply, size_t size);

/** An answer on rest for every reader; of answers for one channel that nobody has taken yet, the last
 *  counts. Any thread. */
void myo_desk_tell_rest(myo_desk *desk, const myo_feed_relax *answer);

/** A mark at the present frame that is the program's own word: in the recording, for every reader, and
 *  never taken back by an undo. Any thread. */
void myo_desk_tell_mark(myo_desk *desk, const char *kind, const char *label);

/** What the technique model says, for every reader; the last counts. Any thread. */
void myo_desk_tell_guide(myo_desk *desk, const myo_feed_guide *guide);

/** What the loudspeaker plays now. Any thread. */
typedef struct {
    bool muted;
    double gain_db;
    uint32_t channel;
} myo_desk_sound;

void myo_desk_sound_get(const myo_desk *desk, myo_desk_sound *sound);

#endif
