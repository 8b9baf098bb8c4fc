/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real clip in memory for the ultrasound campaign, and the list of clips with their roles. */
#ifndef MYO_BENCH_US_CLIP_H
#define MYO_BENCH_US_CLIP_H

#include "myotwitch/frame.h"

#define US_MM_PER_PX 0.0883
#define US_RATE_HZ   61.0

enum { US_WIDTH = 724, US_HEIGHT = 564, US_MOST_CLIPS = 16 };

typedef enum { US_PASSIVE, US_VOLUNTARY } us_kind;

typedef struct {
    char name[64];
    us_kind kind;
    bool held_out; /**< never looked at while thresholds were chosen */
    int frames;
    uint8_t *pixels;
} us_clip;

/** Reads the rows of @p list (clip, kind, role) and NAME.gray of each from @p folder. Returns how
 *  many, -1 when one cannot be read. */
int us_clips_read(const char *list, const char *folder, us_clip *clips, int most);

void us_clips_free(us_clip *clips, int count);

/** Image @p index of a clip, as it came. */
myo_frame us_clip_frame(const us_clip *clip, int index);

#endif
