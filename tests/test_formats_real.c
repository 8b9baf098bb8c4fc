/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One real recording in several formats must read the same; skipped where it is not.
 *
 * The recording (lspieser/myonset, GPL-3.0) has four monopolar channels; the WAV beside it holds
 * the differences of the first two and of the last two, in parts of 10000 uV. */
#include "signal/source.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { FRAMES = 118784, PIECE = 4096 };

static myo_source *open_or_skip(const char *name)
{
    const char *root = getenv("MYOTWITCH_DATA");
    char path[512];
    myo_source *source = NULL;
    myo_why why;
    snprintf(path, sizeof path, "%s/emg/%s", root ? root : MYO_DATA_DIR, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        print_message("%s is not here\n", path);
        skip();
    }
    fclose(file);
    assert_int_equal(myo_source_open_here(path, &(myo_source_options){0}, &source, &why), MYO_OK);
    return source;
}

/* The filled part of a buffer of frames, or the end. */
static size_t read_full(myo_source *source, float *samples, size_t frames)
{
    uint32_t channels = myo_source_info_get(source)->channels;
    size_t total = 0, got = 1;
    while (total < frames && got > 0) {
        myo_why why;
        assert_int_equal(
            myo_source_read(source, samples + total * channels, frames - total, &got, &why),
            MYO_OK);
        total += got;
    }
    return total;
}

/* Floats are parted by 0.004 uV at the 40 mV offset of the electrodes. */
static void compare_with_wav(const char *name, double tolerance_uv)
{
    static float wav_samples[PIECE * 2], samples[PIECE * 4];
    myo_source *source = open_or_skip(name);
    myo_source *wav = open_or_skip("converted/myonset_simon_task.wav");
    const myo_source_info *info = myo_source_info_get(source);
    size_t total = 0, got = 0;
    double worst = 0.0;
    assert_true(info->rate_hz == 2048.0 && info->channels == 4 && info->frames == FRAMES);
    while ((got = read_full(source, samples, PIECE)) > 0) {
        assert_int_equal(read_full(wav, wav_samples, PIECE), got);
        for (size_t f = 0; f < got; f++) {
            const float *s = samples + 4 * f;
            const float *w = wav_samples + 2 * f;
            worst = fmax(worst, fabs((double)s[0] - (double)s[1] - 10000.0 * (double)w[0]));
            worst = fmax(worst, fabs((double)s[2] - (double)s[3] - 10000.0 * (double)w[1]));
        }
        total += got;
    }
    print_message("%s: %.4f uV at worst\n", name, worst);
    assert_int_equal(total, FRAMES);
    assert_true(worst <= tolerance_uv);
    myo_source_free(source);
    myo_source_free(wav);
}

static void test_bdf_is_the_wav(void **state)
{
    (void)state;
    compare_with_wav("original/myonset/example_data.bdf", 0.005);
}

static void test_brainvision_is_the_wav(void **state)
{
    (void)state;
    compare_with_wav("original/myonset/example_data.vhdr", 0.005);
}

static void test_wfdb_to_its_checksum(void **state)
{
    (void)state;
    static float samples[PIECE];
    size_t total = 0, got = 0;
    myo_source *source = open_or_skip("original/emgdb/emg_healthy.hea");
    while ((got = read_full(source, samples, PIECE)) > 0) {
        total += got;
    }
    assert_int_equal(total, 50860); /* read_full asserts that the checksum is right */
    myo_source_free(source);
}

static void test_triggers_are_those_listed(void **state)
{
    (void)state;
    static const char *const names[] = {"original/myonset/example_data.bdf",
                                        "original/myonset/example_data.edf"};
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        myo_source *source = open_or_skip(names[n]);
        const char *root = getenv("MYOTWITCH_DATA");
        char line[256];
        snprintf(line, sizeof line, "%s/emg/original/myonset/example_events.csv",
                 root ? root : MYO_DATA_DIR);
        FILE *list = fopen(line, "r");
        assert_non_null(list);
        size_t count = 0, next = 0;
        const myo_mark *marks = myo_source_marks(source, &count);
        assert_non_null(fgets(line, sizeof line, list));
        for (; fgets(line, sizeof line, list) != NULL; next++) {
            long frame = -1;
            int code = -1;
            assert_int_equal(sscanf(line, "%ld,%*[^,],%d", &frame, &code), 2);
            assert_true(next < count && marks[next].frame == frame);
            assert_int_equal(atoi(marks[next].label), code);
        }
        assert_true(next == 80 && count == 80);
        fclose(list);
        myo_source_free(source);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bdf_is_the_wav),
        cmocka_unit_test(test_brainvision_is_the_wav),
        cmocka_unit_test(test_wfdb_to_its_checksum),
        cmocka_unit_test(test_triggers_are_those_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
