/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An ultrasound recording of any kind, opened and read to its end. FUZZ_NAMES are the files that it
 * consists of; the first one is opened. Switches of the options: 1 it comes through standard input, 2 an
 * interval is given, 4 the first region is wanted, 8 it is raw gray, 16 a part is cut out. */
#include "fuzz.h"

#include "cine/cine.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

/* As much as a small hostile file may unpack to before its reading is worth no more. */
enum { MAX_FRAMES = 64 };

static const char *const names[] = {FUZZ_NAMES, FUZZ_OPTIONS};

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
    size_t count = each * info->width * info->height;
    float *values = malloc(count * sizeof *values);
    FUZZ_MUST(values != NULL);
    myo_cine_floats(info, frame, values);
    for (size_t i = 0; i < count; i++) {
        sum += (double)values[i];
    }
    free(values);
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

/* Standard input becomes a pipe that holds all of it; what is too long for a pipe is cut. */
static void input_pipe(const uint8_t *data, size_t size)
{
    enum { PIPE_HOLDS = 65536 };
    int ends[2];
    size = size < PIPE_HOLDS ? size : PIPE_HOLDS;
    FUZZ_MUST(pipe(ends) == 0);
    FUZZ_MUST(size == 0 || write(ends[1], data, size) == (ssize_t)size);
    FUZZ_MUST(close(ends[1]) == 0 && dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
    FUZZ_MUST(close(ends[0]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    myo_cine *cine = NULL;
    myo_why why = {{0}};
    char dataset[64];
    fuzz_files_write(names, sizeof names / sizeof names[0], data, size);
    unsigned switches = fuzz_options_read(dataset, sizeof dataset);
    myo_cine_options options = {.times = access(FUZZ_TIMES, R_OK) == 0 ? FUZZ_TIMES : NULL,
                                .interval_s = switches & 2U ? 0.04 : 0.0,
                                .mm_per_px = switches & 2U ? 0.1 : 0.0,
                                .region = switches & 4U ? 1 : 0,
                                .dataset = dataset[0] == '\0' ? NULL : dataset};
    if (switches & 8U) {
        options.width = 16;
        options.height = 8;
    }
    if (switches & 16U) {
        options.crop = (myo_cine_rect){2, 1, 4, 5};
    }
    if (switches & 1U) {
        input_pipe(data, size);
    }
    (void)myo_cine_known(names[0]);
    if (myo_cine_open(switches & 1U ? "-" : names[0], &options, &cine, &why) != MYO_OK) {
        FUZZ_MUST(cine == NULL && why.text[0] != '\0');
        return 0;
    }
    info_check(myo_cine_info_get(cine));
    read_all(cine);
    myo_cine_free(cine);
    return 0;
}
