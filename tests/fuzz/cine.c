/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An ultrasound recording of any kind, opened and read to its end. FUZZ_NAMES are the files that it
 * consists of; the first one is opened. */
#include "fuzz.h"

#include "cine/cine.h"

#include <math.h>
#include <string.h>

/* As much as a small hostile file may unpack to before its reading is worth no more. */
enum { MAX_FRAMES = 64 };

static const char *const names[] = {FUZZ_NAMES};

static void info_check(const myo_cine_info *info)
{
    FUZZ_MUST(info->width >= 1 && info->height >= 1);
    FUZZ_MUST((uint64_t)info->width * info->height <= MYO_CINE_MAX_PIXELS);
    FUZZ_MUST(info->frames >= -1 && info->regions <= MYO_CINE_MAX_REGIONS);
    FUZZ_MUST(info->mm_per_px_x >= 0.0 && info->mm_per_px_y >= 0.0);
    FUZZ_MUST(isfinite(info->mm_per_px_x) && isfinite(info->mm_per_px_y));
    FUZZ_MUST(memchr(info->note, 0, sizeof info->note) != NULL);
    for (size_t r = 0; r < info->regions; r++) {
        myo_cine_rect rect = info->region[r].rect;
        FUZZ_MUST(rect.width >= 1 && rect.x + rect.width <= info->whole_width);
        FUZZ_MUST(rect.height >= 1 && rect.y + rect.height <= info->whole_height);
    }
}

/* Touches every sample, for the sanitizers. */
static void frame_check(const myo_cine_info *info, const myo_cine_frame *frame, double last_s)
{
    static volatile double sink;
    size_t each = info->kind == MYO_CINE_IQ ? 2 : 1;
    FUZZ_MUST((frame->values != NULL) == info->is_float);
    FUZZ_MUST((frame->gray != NULL) != info->is_float && frame->stride >= info->width);
    FUZZ_MUST(!(frame->time_s < last_s));
    double sum = 0.0;
    for (size_t y = 0; y < info->height; y++) {
        for (size_t x = 0; x < each * info->width; x++) {
            size_t at = each * y * frame->stride + x;
            sum += info->is_float ? (double)frame->values[at] : frame->gray[at];
        }
    }
    sink = sum;
    (void)sink;
}

static void read_all(myo_cine *cine)
{
    const myo_cine_info *info = myo_cine_info_get(cine);
    double last_s = -INFINITY;
    int64_t last = -1;
    bool got = true;
    myo_why why = {{0}};
    for (int i = 0; i < MAX_FRAMES && got; i++) {
        myo_cine_frame frame;
        myo_status status = myo_cine_next(cine, &frame, &got, &why);
        FUZZ_MUST(status == MYO_OK || (!got && why.text[0] != '\0'));
        if (got) {
            FUZZ_MUST(frame.sequence > last);
            frame_check(info, &frame, last_s);
            last = frame.sequence;
            last_s = frame.time_s;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    myo_cine *cine = NULL;
    myo_why why = {{0}};
    myo_cine_options options = {0};
    fuzz_files_write(names, sizeof names / sizeof names[0], data, size);
    if (myo_cine_open(names[0], &options, &cine, &why) != MYO_OK) {
        FUZZ_MUST(cine == NULL && why.text[0] != '\0');
        return 0;
    }
    info_check(myo_cine_info_get(cine));
    read_all(cine);
    myo_cine_free(cine);
    return 0;
}
