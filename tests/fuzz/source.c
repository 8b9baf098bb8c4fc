/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recording of any kind, opened and read to its end in this process. FUZZ_NAMES are the files that
 * it consists of; the first one is opened. Switches of the options: 1 no rate is given, 2 rows are channels,
 * 4 two channels are chosen. */
#include "fuzz.h"

#include "signal/source.h"

#include <math.h>
#include <string.h>

/* As much as a small hostile file may unpack to before its reading is worth no more. */
enum { BLOCK = 8192, MAX_BLOCKS = 512 };

static const char *const names[] = {FUZZ_NAMES, FUZZ_OPTIONS};

static void info_check(const myo_source_info *info)
{
    FUZZ_MUST(info->channels >= 1 && info->channels <= MYO_MAX_CHANNELS);
    FUZZ_MUST(info->rate_hz >= MYO_SOURCE_MIN_RATE_HZ && info->rate_hz <= MYO_SOURCE_MAX_RATE_HZ);
    FUZZ_MUST(info->frames >= -1 && isfinite(info->full_scale_uv));
    FUZZ_MUST(memchr(info->note, 0, sizeof info->note) != NULL);
    for (uint32_t c = 0; c < info->channels; c++) {
        FUZZ_MUST(memchr(info->channel_name[c], 0, sizeof info->channel_name[c]) != NULL);
    }
}

static void marks_check(const myo_source *source)
{
    size_t count = 0;
    const myo_mark *marks = myo_source_marks(source, &count);
    FUZZ_MUST(count <= 1000000);
    for (size_t i = 0; i < count; i++) {
        FUZZ_MUST(memchr(marks[i].label, 0, sizeof marks[i].label) != NULL);
        FUZZ_MUST(i == 0 || marks[i].frame >= marks[i - 1].frame);
    }
}

static void read_all(myo_source *source)
{
    static float samples[BLOCK];
    size_t frames = BLOCK / myo_source_info_get(source)->channels, got = 1;
    myo_status status = MYO_OK;
    myo_why why = {{0}};
    for (int i = 0; i < MAX_BLOCKS && status == MYO_OK && got > 0; i++) {
        status = myo_source_read(source, samples, frames, &got, &why);
        FUZZ_MUST(got <= frames);
        FUZZ_MUST(status == MYO_OK || why.text[0] != '\0');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    myo_source *source = NULL;
    myo_why why = {{0}};
    char dataset[64];
    fuzz_files_write(names, sizeof names / sizeof names[0], data, size);
    unsigned switches = fuzz_options_read(dataset, sizeof dataset);
    const myo_source_options options = {.rate_hz = switches & 1U ? 0.0 : 2000.0,
                                        .channels = switches & 4U ? "1-2" : "all",
                                        .channels_first = switches & 2U,
                                        .dataset = dataset[0] == '\0' ? NULL : dataset};
    (void)myo_source_known(names[0]);
    (void)myo_source_is_table(names[0]);
    if (myo_source_open_here(names[0], &options, &source, &why) != MYO_OK) {
        FUZZ_MUST(source == NULL && why.text[0] != '\0');
        return 0;
    }
    info_check(myo_source_info_get(source));
    marks_check(source);
    read_all(source);
    myo_source_free(source);
    return 0;
}
