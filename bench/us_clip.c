/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clips as grey bytes, image after image: what `ffmpeg -f rawvideo` writes. */
#include "us_clip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIXELS = US_WIDTH * US_HEIGHT };

static bool clip_read(const char *folder, us_clip *clip)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s.gray", folder, clip->name);
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "us_campaign: %s cannot be opened\n", path);
        return false;
    }
    (void)fseek(file, 0, SEEK_END);
    clip->frames = (int)(ftell(file) / PIXELS);
    rewind(file);
    clip->pixels = malloc((size_t)clip->frames * PIXELS);
    const bool whole = clip->pixels && fread(clip->pixels, PIXELS, (size_t)clip->frames, file) ==
                                           (size_t)clip->frames;
    (void)fclose(file);
    return whole;
}

int us_clips_read(const char *list, const char *folder, us_clip *clips, int most)
{
    FILE *file = fopen(list, "r");
    char line[256], kind[32], role[32];
    int count = 0;
    while (file && count < most && fgets(line, sizeof line, file)) {
        us_clip *clip = &clips[count];
        if (line[0] == '#' || sscanf(line, "%63s %31s %31s", clip->name, kind, role) != 3) {
            continue;
        }
        clip->kind = strcmp(kind, "passive") == 0 ? US_PASSIVE : US_VOLUNTARY;
        clip->held_out = strcmp(role, "held-out") == 0;
        count++;
        if (!clip_read(folder, clip)) {
            count = -1;
            break;
        }
    }
    if (file) {
        (void)fclose(file);
    }
    return file ? count : -1;
}

void us_clips_free(us_clip *clips, int count)
{
    for (int i = 0; i < count; i++) {
        free(clips[i].pixels);
    }
}

myo_frame us_clip_frame(const us_clip *clip, int index)
{
    return (myo_frame){.pixels = clip->pixels + (size_t)index * PIXELS,
                       .pixel = MYO_PIXEL_U8,
                       .stride = US_WIDTH,
                       .width = US_WIDTH,
                       .height = US_HEIGHT,
                       .time_s = index / US_RATE_HZ,
                       .sequence = index};
}
