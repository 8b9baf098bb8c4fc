/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What server and page say to each other over the WebSocket "myotwitch".
 *
 * The page sends lines of text, at most MYO_WEB_LINE bytes:
 *
 *   view ID WIDTH COLUMNS END LOW FOCUS CH,CH,...
 *       Show these channels (from 0) as COLUMNS columns of WIDTH frames, high-passed at LOW Hz (a
 *       whole number, 0: as recorded). END -1: the newest, and go
 *       on with what comes. Otherwise the columns up to frame END, once: the page is frozen, the
 *       recording goes on. FOCUS is the channel whose spectrum and relaxation are wanted. ID comes
 *       back with each trace; those of an earlier view are out of date.
 *   do ID LINE
 *       A command of the desk. What it answers comes back with ID.
 *
 * The server sends binary messages, little-endian. The first byte is the kind; "text" is two bytes
 * of length and UTF-8. Times are frames of the recording, as float64. Sizes are in the unit of the
 * samples; the page multiplies by full_scale_uv (0: not known) of the greeting.
 *
 *   1 hello     u8 protocol, u8 live, u8 sound can be heard, u32 channels, f64 rate_hz, f64 full_scale_uv,
 *               f64 detect_low, f64 detect_high, f64 measure_low, f64 measure_high, f64 lookback_s,
 *               text device, text recording, text version, text sentence, and for each channel u32
 *               number at the device, text name
 *   2 trace     u8 values a column (1 sample; 2 least and largest), u16 channels, u32 view,
 *               u32 width, u32 columns, f64 number of the first column (it begins at frame
 *               number * width), f32 columns of the view's first channel, of the second ...
 *   3 event     u8 type, u8 stage, u8 -, u32 channel, u32 channels, f64 id, f64 onset, f64 offset,
 *               f64 reported, f64 confirmed, f32 peak, f32 snr_db, f32 confidence, u32 reasons
 *   4 mark      u8 undone, u16 -, f64 frame, f64 id, text kind, text label
 *   5 gap       u8[3] -, f64 frame, f64 frames, text why
 *   6 state     u8 recording, u8 muted, u8 -, f64 frame, f64 twitches, f64 of this insertion,
 *               f64 insertion, f64 recorded_s, f64 disk_left_s, f64 block_ms,
 *               f64 device_latency_ms, f64 detector_p95_ms, f64 lost_frames, f64 trace_dropped,
 *               f64 heard_channel, text phase
 *   7 meter     u8 -, u16 channels, for each: f64 frame, f32 rms, f32 envelope, f32 threshold,
 *               f32 floor, f32 peak, f32 hum_hz, f32 hum_rms, u32 flags
 *   8 spectrum  u8 valid, u16 -, u32 channel, u32 bins, f64 frame, f32 bin_hz, f32 mean_hz,
 *               f32 median_hz, f32 dB of each bin
 *   9 relax     u8 state, u16 -, u32 channel, f64 frame, f64 release frame (-1: none),
 *               f32 ratio, f32 low, f32 high, f32 level
 *  10 warning   u8[3] -, u32 channel, text
 *  11 reply     u8[3] -, u32 ID, text
 *  12 twitch    u8[3] -, u32 channel, f64 id, f64 onset, u32 width, u32 columns before the onset's,
 *               u32 columns, f32 least and largest of each (width 1: the samples)
 *  13 end       u8 lost, u16 -, f64 frames, text why
 *  14 guide     u8 words, u16 -, f64 frame at which the step began (-1: none), f32 least and most of
 *               its time in s (NAN: no band), text step, for each word u32 severity, text rule, text
 *
 *  15 picture   u8[3] -, u32 twitch (0: live), u32 number of the picture around it, u32 of how many,
 *               u32 width, u32 height, u32 columns, u32 rows of tiles, f32 middle of the first tile x, y,
 *               f32 distance of tiles, f32 mm a pixel (0: not known), f64 frame, f64 onset's frame (-1: live),
 *               f32 x, y, f32 size in mm or pixels (NAN: live), f32 pairs: how far each tile has moved
 *               since the first picture, u8 grey of each pixel
 *
 * Lengths of a picture are in its pixels. Nothing here is kept between calls; any thread. */
#ifndef MYO_WEB_PROTOCOL_H
#define MYO_WEB_PROTOCOL_H

#include "live/feed.h"

#define MYO_WEB_PROTOCOL 1
#define MYO_WEB_LINE     2048

typedef enum {
    MYO_WEB_HELLO = 1,
    MYO_WEB_TRACE,
    MYO_WEB_EVENT,
    MYO_WEB_MARK,
    MYO_WEB_GAP,
    MYO_WEB_STATE,
    MYO_WEB_METER,
    MYO_WEB_SPECTRUM,
    MYO_WEB_RELAX,
    MYO_WEB_WARNING,
    MYO_WEB_REPLY,
    MYO_WEB_TWITCH,
    MYO_WEB_END,
    MYO_WEB_GUIDE,
    MYO_WEB_PICTURE
} myo_web_kind;

/** Bytes being written. What does not fit is left out and @c full set: the message is then not to
 *  be sent. */
typedef struct {
    uint8_t *bytes;
    size_t size, used;
    bool full;
} myo_web_wire;

/** What a page wants to see. */
typedef struct {
    uint32_t id, width, columns, low_hz, focus, channels;
    int64_t end; /**< -1: the newest */
    uint16_t channel[MYO_MAX_CHANNELS];
} myo_web_view;

/** Ultrasound: one picture, live or one of those around a twitch. */
typedef struct {
    uint64_t twitch;        /**< rising; 0 = live */
    uint32_t number, count; /**< of the pictures around it */
    uint32_t width, height, columns, rows;
    double left, top, step; /**< of the tiles: middle of the first, distance */
    double mm_per_px;       /**< 0 = not known */
    double frame, onset_frame;
    double x, y,
        size; /**< of the twitch: its place; mm where the scale is known, else pixels of the image */
    const float *moved;  /**< columns * rows pairs */
    const uint8_t *grey; /**< width * height */
} myo_web_picture;

/** Reads the words after "view". False, and @p view untouched, where a number is outside its range:
 *  width 1 to 2^24, columns 1 to 8192, LOW to 1000, channels below @p channels, at most as many as there are. */
bool myo_web_read_view(const char *words, uint32_t channels, myo_web_view *view);

void myo_web_put_hello(myo_web_wire *wire, const myo_feed_head *head, double lookback_s,
                       bool sound);
void myo_web_put_event(myo_web_wire *wire, const myo_event *event);
void myo_web_put_mark(myo_web_wire *wire, const myo_feed_mark *mark);
void myo_web_put_gap(myo_web_wire *wire, const myo_feed_gap *gap);
void myo_web_put_state(myo_web_wire *wire, const myo_feed_state *state);
void myo_web_put_meters(myo_web_wire *wire, const myo_feed_meter *meters, uint32_t count);
void myo_web_put_spectrum(myo_web_wire *wire, const myo_feed_spectrum *spectrum);
void myo_web_put_relax(myo_web_wire *wire, const myo_feed_relax *relax);
void myo_web_put_guide(myo_web_wire *wire, const myo_feed_guide *guide);
void myo_web_put_warning(myo_web_wire *wire, const myo_feed_warning *warning);
void myo_web_put_reply(myo_web_wire *wire, uint32_t id, const char *text);
void myo_web_put_end(myo_web_wire *wire, const myo_feed_end *end);

void myo_web_put_picture(myo_web_wire *wire, const myo_web_picture *picture);

/** Heads of messages whose columns the caller writes behind them: 4-byte aligned. */
void myo_web_put_trace_head(myo_web_wire *wire, const myo_web_view *view, int64_t first,
                            uint32_t columns);
void myo_web_put_twitch_head(myo_web_wire *wire, const myo_event *event, uint32_t width,
                             uint32_t before, uint32_t columns);

#endif
